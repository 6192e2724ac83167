"""Terms written as files read back as the same terms; the templates can be loaded as they are."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.contract import FILES, KINDS, Terms, paths, read, starting_on, template
from yunyue.contract.files import written
from yunyue.contract.labels import HINTS, LABELS


def templated(kind: str) -> dict[str, str]:
    files = template(kind)
    assert isinstance(files, dict)
    return files


def test_the_2024_contract_is_read_back_as_written(terms: Terms) -> None:
    assert read(written(terms)) == terms


def test_a_contract_without_objectives_or_conditions_is_read_back_as_written(terms: Terms) -> None:
    bare = replace(terms, staff_conditions=(), sla=replace(terms.sla, objectives=()))
    assert read(written(bare)) == bare


def test_absent_and_given_values_are_read_back_as_written(terms: Terms) -> None:
    capped = replace(terms.penalties, daily_cap=Decimal("0.05"))
    changed = replace(terms, penalties=capped, readings=terms.readings | {"A8": "capped"}, cover_date=date(2024, 4, 1))
    assert read(written(changed)) == changed
    assert "# cover_date =" in written(terms)["terms.toml"]


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and _is_one_line(text)), st.dates())
def test_any_title_and_day_is_read_back_as_written(terms: Terms, title: str, day: date) -> None:
    named = replace(terms, title=replace(terms.title, zh=title, en=f"'{title}\" # \\"))
    started = replace(named, term=replace(named.term, start=day, end=date.max))
    assert read(written(started)) == started


def test_the_sample_contract_is_read_back_as_written(terms: Terms) -> None:
    sample = starting_on(terms, date(2026, 11, 23))
    assert read(written(sample)) == sample


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_template_can_be_loaded_as_it_is(kind: str) -> None:
    terms = read(templated(kind))
    assert isinstance(terms, Terms)
    assert len(terms.instalments) == len(KINDS[kind])
    assert terms.catalogue.sample
    assert terms.sla.sample


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_template_explains_every_key_in_both_languages(kind: str) -> None:
    for name, text in templated(kind).items():
        lines = text.splitlines()
        headers = (at for at, line in enumerate(lines) if line.startswith("[["))
        end = min([at for at in headers if lines[at] in lines[:at]], default=len(lines))
        for at, line in enumerate(lines[:end]):
            if re.match(r"[a-z_]+ = |\[", line):
                comment = lines[at - 1]
                assert re.match(r"# .*[\u4e00-\u9fff].* / .*[a-z]", comment), f"{name}:{at + 1}: {line}"


def test_a_list_explains_its_keys_at_the_first_element_only(terms: Terms) -> None:
    files = written(terms)
    assert files["catalogue.toml"].count("# 单价（元） / unit price, in yuan") == 1
    assert files["catalogue.toml"].count("unit_price = ") == len(terms.catalogue.items)


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_must_be_replaced_in_a_template_says_so(kind: str) -> None:
    files = templated(kind)
    assert (
        'title = { zh = "合同名称（示例，请改）", en = "Title of the contract (example, replace)" }'
        in files["terms.toml"]
    )
    assert "（示例，请改）" in files["catalogue.toml"]
    assert "（示例，请改）" in files["sla.toml"]


def test_a_template_is_the_same_text_each_time() -> None:
    assert template("single") == template("single")
    assert list(templated("single")) == list(FILES)


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    answer = template("lease")
    assert isinstance(answer, Refused)
    assert answer.field == "kind"
    assert "instalments, single" in answer.reason


def test_every_term_has_a_label_in_both_languages_and_no_label_is_left_over(terms: Terms) -> None:
    used = {_label(path) for path, _ in paths(terms) if not path.startswith("readings.")}
    groups = {label.rpartition(".")[0] for label in used} | {"sla.objectives.ladder", "readings"}
    assert set(LABELS) - {""} == (used | groups) - {""}
    assert set(HINTS) <= set(LABELS)
    assert all(zh and en.isprintable() for zh, en in LABELS.values())


def _label(path: str) -> str:
    """A path without the names of list elements, and without the language of a title."""
    lists = r"^(instalments|annexes|staff_conditions|catalogue\.items|sla\.objectives)\.[^.]+"
    plain = re.sub(r"(\.ladder)\.\d+", r"\1", re.sub(lists, r"\1", path))
    return re.sub(r"\.(zh|en)$", "", plain)


def _is_one_line(text: str) -> bool:
    return text.isprintable()
