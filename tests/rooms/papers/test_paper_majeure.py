"""Force majeure on paper: the certificate's day is computed, and nothing is announced that is not on record."""

import pytest
from paper_kinds import built, refused
from paper_year import MAJEURE, SIGNED, source_of, year
from rendered import fields, said, tables

from yunyue.papers.paper import Formula

CODES = ("majeure-notice", "majeure-certificate-request", "majeure-end")


@pytest.mark.parametrize("code", CODES)
def test_an_event_that_is_not_on_record_is_refused(code: str) -> None:
    found = refused(code, year(), event="quake")
    assert (found.field, found.clause) == ("event", "C28")


@pytest.mark.parametrize("code", CODES[:2])
def test_the_certificate_is_due_fourteen_days_after_the_event(code: str) -> None:
    paper = built(code, year(), event="flood")
    assert next(one.text for one in paper.sections if isinstance(one, Formula)) == "2024-07-01 后 14 日 = 2024-07-15"
    assert fields(paper)["发生时间"] == "2024-07-01 15:00（北京时间）"


def test_the_certificate_handed_in_in_time_is_done() -> None:
    row = tables(built("majeure-notice", year(), event="flood"))[-1][0]
    assert (row[3], row[6], row[7]) == ("2024-07-15", "2024-07-10", "已履行")


def test_a_certificate_that_is_missing_after_its_day_is_late() -> None:
    source = source_of([*SIGNED, MAJEURE[0]], "2024-07-16")
    assert tables(built("majeure-certificate-request", source, event="flood"))[-1][0][7] == "已逾期"


def test_the_request_goes_to_whoever_certifies() -> None:
    assert built("majeure-certificate-request", year(), event="flood").to == "出具证明的机构"


def test_the_end_is_announced_only_once_it_is_recorded() -> None:
    found = refused("majeure-end", source_of([*SIGNED, MAJEURE[0]], "2024-07-05"), event="flood")
    assert found.clause == "C30"


def test_the_notice_of_the_end_says_to_when_the_term_runs() -> None:
    texts = said(built("majeure-end", year(), event="flood"))
    assert "影响 10 日，期限顺延至 2025-01-10。" in texts
    assert "尚无书面通知记录。" in texts


def test_after_more_than_sixty_days_the_parties_are_to_negotiate() -> None:
    ended = ("2024-09-10", "over", "majeure.ended", {"event": "flood"})
    texts = said(built("majeure-end", source_of([*SIGNED, MAJEURE[0], ended], "2024-09-11"), event="flood"))
    assert any("自 2024-08-31 起已超过 60 日" in text for text in texts)


def test_the_notice_rests_on_the_event_and_the_certificate() -> None:
    ids = [one.id for one in built("majeure-notice", year(), event="flood").proof.facts]
    assert ids == ["maj-1", "maj-1c"]
