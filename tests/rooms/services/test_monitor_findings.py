"""Findings: seen, judged by people, gone, come back; each state follows from sightings and facts alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from services_cast import START, T0, TestHost

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import FindingAccepted, FindingJudged, Payload
from yunyue.services.monitor.content.findings import Finding, Seen, Sightings, findings, identifier

WORD = Seen("words", "赌博", "the word 赌博 stands in the page")
LINK = Seen("foreign_link", "evil.example", "a link leads to evil.example")
DIGEST = "sha256:" + "1" * 64
CHECKS = ("words", "foreign_link")


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def look(host: TestHost, *seen: Seen, at: int = T0) -> tuple[Finding, ...]:
    return Sightings(host.folder).looked("o1", CHECKS, seen, at, (DIGEST,))  # type: ignore[arg-type] # checks by name


def say(host: TestHost, said: Payload, seconds: int = 0) -> None:
    number = len(host.facts)
    time = START + timedelta(seconds=seconds)
    host.facts.append(Fact(id=f"f{number}", source="/console", time=time, subject="c", actor="client:li", data=said))


def only(host: TestHost) -> Finding:
    (found,) = findings(host)
    return found


def test_what_is_seen_first_is_new_and_names_its_evidence(host: TestHost) -> None:
    (fresh,) = look(host, WORD)
    assert (fresh.order, fresh.check, fresh.evidence, fresh.first, fresh.times) == ("o1", "words", (DIGEST,), T0, 1)
    assert only(host).state == "new"


def test_what_is_seen_again_is_the_same_finding_and_not_new(host: TestHost) -> None:
    look(host, WORD)
    assert look(host, WORD, at=T0 + 1000) == ()
    assert (only(host).first, only(host).last, only(host).times) == (T0, T0 + 1000, 2)


def test_two_things_of_one_check_are_two_findings(host: TestHost) -> None:
    other = Seen("words", "毒品", "the word 毒品 stands in the page")
    assert len(look(host, WORD, other)) == 2


def test_what_is_no_longer_seen_is_fixed_and_new_when_it_comes_back(host: TestHost) -> None:
    look(host, WORD)
    look(host, at=T0 + 1000)
    assert (only(host).state, only(host).gone) == ("fixed", T0 + 1000)
    assert [one.id for one in look(host, WORD, at=T0 + 2000)] == [identifier("o1", WORD)]
    assert only(host).state == "new"


def test_a_look_by_other_checks_ends_nothing(host: TestHost) -> None:
    look(host, WORD)
    Sightings(host.folder).looked("o1", ("certificate",), (), T0 + 1000, ())
    assert only(host).state == "new"


def test_another_orders_look_ends_nothing(host: TestHost) -> None:
    look(host, WORD)
    Sightings(host.folder).looked("o2", ("words",), (), T0 + 1000, ())
    assert only(host).state == "new"


@pytest.mark.parametrize("state", ["confirmed", "false_positive", "fixed"])
def test_a_judgement_gives_the_state_with_who_and_why(host: TestHost, state: str) -> None:
    look(host, LINK)
    name = only(host).id
    say(host, FindingJudged(finding=name, state=state, reason="looked at it"))  # type: ignore[arg-type] # by name
    found = only(host)
    assert (found.state, found.who, found.why, found.judged) == (state, "client:li", "looked at it", T0)


def test_the_client_may_accept_a_finding(host: TestHost) -> None:
    look(host, LINK)
    say(host, FindingAccepted(finding=only(host).id, reason="a partner's site"))
    assert only(host).state == "accepted"
    assert not only(host).open


def test_the_last_judgement_counts(host: TestHost) -> None:
    look(host, LINK)
    name = only(host).id
    say(host, FindingJudged(finding=name, state="confirmed", reason="so it is"))
    say(host, FindingJudged(finding=name, state="false_positive", reason="on second thoughts"), 5)
    assert only(host).state == "false_positive"


def test_what_was_fixed_and_is_seen_again_is_new(host: TestHost) -> None:
    look(host, LINK)
    say(host, FindingJudged(finding=only(host).id, state="fixed", reason="removed"), 10)
    assert only(host).state == "fixed"
    look(host, LINK, at=T0 + 20_000)
    assert (only(host).state, only(host).who) == ("new", "")


def test_a_false_positive_stays_one_however_often_it_is_seen(host: TestHost) -> None:
    look(host, LINK)
    say(host, FindingJudged(finding=only(host).id, state="false_positive", reason="our own site"))
    look(host, LINK, at=T0 + 20_000)
    assert only(host).state == "false_positive"
