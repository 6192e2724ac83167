"""A supplement shows each changed term as it was and as it will be, and refuses what does not fit the contract."""

import pytest
from paper_kinds import built, refused
from paper_year import SIGNED, Told, source_of, year
from rendered import fields, said, tables

DRAFT = {"supplement": "s1", "effective": "2024-11-01"}


def agreed(name: str, day: str, path: str, value: str) -> Told:
    """A supplement both sides signed and sealed on the day it takes effect."""
    signed = {f"{who}_{did}": day for who in ("client", "provider") for did in ("signed", "sealed")}
    changes = [{"path": path, "value": value}]
    return day, name, "contract.supplemented", {"supplement": name, "effective": day, **signed, "changes": changes}


def test_a_draft_shows_old_and_new_of_each_changed_term() -> None:
    paper = built("supplement", year(), changes="term.end=2025-01-31\nreadings.A6=per_day", **DRAFT)
    assert tables(paper)[0] == [
        ("七", "末日（含）", "2024-12-31", "2025-01-31"),
        ("—", "A6 何时取整到分？", "每行一次，四舍五入到分", "每日取整后相加"),
    ]
    assert fields(paper)["生效日期"] == "2024-11-01"


def test_a_changed_sample_term_is_marked_and_so_is_the_paper() -> None:
    paper = built("supplement", year(), changes="catalogue.items.os-set.title.zh=操作系统", **DRAFT)
    assert tables(paper)[0][0][1].endswith("（示例）")
    assert paper.sample
    assert not built("supplement", year(), changes="term.end=2025-01-31", **DRAFT).sample


def test_a_recorded_supplement_needs_nothing_else() -> None:
    told = [*SIGNED, agreed("s1", "2024-08-01", "term.end", "2025-01-31")]
    paper = built("supplement", source_of(told, "2024-08-02"), supplement="s1")
    assert tables(paper)[0] == [("七", "末日（含）", "2024-12-31", "2025-01-31")]
    assert [one.id for one in paper.proof.facts] == ["s1"]


def test_a_second_supplement_builds_on_the_first() -> None:
    first = agreed("s1", "2024-08-01", "term.end", "2025-01-31")
    second = agreed("s2", "2024-09-01", "term.end", "2025-02-28")
    source = source_of([*SIGNED, first, second], "2024-09-02")
    assert tables(built("supplement", source, supplement="s2"))[0][0][2:] == ("2025-01-31", "2025-02-28")
    assert tables(built("supplement", source, supplement="s1"))[0][0][2:] == ("2024-12-31", "2025-01-31")


def test_the_number_of_copies_is_the_contracts() -> None:
    assert any(
        "一式 6 份，双方各执 3 份" in text
        for text in said(built("supplement", year(), changes="term.end=2025-01-31", **DRAFT))
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ("", "changes"),
        ("term.end", "changes"),
        ("no.such.term=1", "changes.no.such.term"),
        ("term.end=tomorrow", "changes.term.end"),
        ("price.total=1.00", "changes."),
        ("term.end=2020-01-01", "changes."),
    ],
)
def test_changes_that_do_not_fit_are_refused(changes: str, field: str) -> None:
    found = refused("supplement", year(), changes=changes, **DRAFT)
    assert found.field.startswith(field)
    assert found.clause


@pytest.mark.parametrize("day", ["", "soon", "2024-02-30"])
def test_a_draft_takes_effect_on_a_day(day: str) -> None:
    assert (
        refused("supplement", year(), supplement="s1", changes="term.end=2025-01-31", effective=day).field
        == "effective"
    )
