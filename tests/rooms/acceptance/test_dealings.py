"""Notices, force majeure, supplements and lent material stand in one register, each with its state and its proof."""

from datetime import date

import pytest

from story import TERMS, tell
from yunyue.acceptance.dealings import GROUPS, Dealing, dealings
from yunyue.settlement.admission import Known

DIGEST = f"sha256:{'ab' * 32}"
STORY = f"""
2024-04-11 contract.signed
2024-04-20 notice.given id=n1 about=account subject=account by=provider channel=registered_mail document={DIGEST}
2024-05-01 majeure.began event=flood
2024-05-03 majeure.certified event=flood document={DIGEST}
2024-05-04 material.lent item=plans
2024-05-05 contract.supplemented supplement=s1 effective=2024-06-01 readings.A8=capped penalties.daily_cap=0.01
2024-05-06 material.lent item=maps
2024-05-07 material.returned item=maps document={DIGEST}
2024-05-20 majeure.ended event=flood
"""


def found(today: date = date(2024, 6, 30)) -> dict[str, Dealing]:
    """By what each is about, its first word."""
    known = Known.of(TERMS, tell(STORY).facts)
    return {one.about.split()[0]: one for one in dealings(known, today)}


@pytest.mark.parametrize(
    ("about", "group", "state"),
    [
        ("account", "notice", "done"),
        ("flood", "majeure", "closed"),
        ("s1", "supplement", "holds"),
        ("plans", "material", "open"),
        ("maps", "material", "done"),
    ],
)
def test_each_stands_there_with_its_state(about: str, group: str, state: str) -> None:
    assert (found()[about].group, found()[about].state) == (group, state)


def test_a_notice_says_how_it_was_given_and_what_proves_it() -> None:
    assert (found()["account"].channel, found()["account"].proofs) == ("registered_mail", (DIGEST,))


def test_force_majeure_carries_its_certificate_and_every_step() -> None:
    assert found()["flood"].proofs == (DIGEST,)
    assert [one.type for one in found()["flood"].facts] == ["majeure.began", "majeure.certified", "majeure.ended"]


def test_a_supplement_names_the_terms_it_amends_and_waits_for_its_day() -> None:
    assert "penalties.daily_cap" in found()["s1"].about
    assert found(date(2024, 5, 10))["s1"].state == "waiting"


def test_what_had_not_begun_on_that_day_is_not_there_and_the_newest_stands_first() -> None:
    assert list(found(date(2024, 5, 4))) == ["plans", "flood", "account"]


def test_every_group_there_is_occurs() -> None:
    assert {one.group for one in found().values()} == set(GROUPS)
