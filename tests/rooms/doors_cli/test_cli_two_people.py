"""At the terminal too, who asks is not who agrees: score, acceptance, waiver, staff change, SLA exclusion, rework."""

from pathlib import Path
from typing import Any

import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal, session

OBJECTIVE = "crypto-availability"
EXCLUSION = ("exclusion=e1", f"objective={OBJECTIVE}", "start=2024-06-01T10:00:00+08:00",
             "end=2024-06-01T11:00:00+08:00", "ground=maintenance", "reason=repair")  # fmt: skip


class People:
    """A manager, an approver and a service manager with a token each, in one run of commands."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self._terminal = terminal
        self._folder = folder
        self._lines: list[tuple[str, ...]] = []
        for name, role in (("ma", "client_manager"), ("ap", "client_approver"), ("pr", "service_manager")):
            self._lines += [("account", "add", name, role), ("token", "make", name, "proposals:write")]
        for number, name in enumerate(("ma", "ap", "pr")):
            self._lines.append(("keep", self.token(name), f"{{{2 * number + 1}[token]}}"))
        self._lines.append(("chosen",))
        self._given = 6

    def token(self, name: str) -> str:
        """Where somebody keeps their token."""
        return str(self._folder / name)

    def make(self, name: str, kind: str, *fields: str) -> int:
        """Somebody records or proposes; the number of what is answered."""
        return self.give("proposal", "make", CONTRACT, kind, *fields, "--token-file", self.token(name))

    def decide(self, name: str, proposal: int) -> int:
        """Somebody agrees to what was proposed."""
        return self.give("proposal", "decide", CONTRACT, f"{{{proposal}[id]}}", "--token-file", self.token(name))

    def give(self, *words: str) -> int:
        """A command; the number of its answer, by which later ones name it."""
        self._lines.append(words)
        return len(self._lines) - 1

    def answers(self) -> dict[int, tuple[int, Any]]:
        """What each command answered, by its number."""
        done = iter(session(self._terminal, *self._lines))
        return {n: next(done) for n, line in enumerate(self._lines) if line[0] not in ("keep", "chosen")}


@pytest.fixture
def people(terminal: Terminal, tmp_path: Path) -> People:
    return People(terminal, tmp_path)


def reason(answer: tuple[int, Any]) -> str:
    """Why it was refused; nothing if it was not."""
    return str(answer[1]["refused"]["reason"]) if answer[0] else ""


def test_whoever_proposes_a_score_an_acceptance_or_a_waiver_does_not_decide_on_it(people: People) -> None:
    template = people.give("score", "template", CONTRACT, "monthly", "deductions", "Monthly", "late|Reports|10|0",
                           "--token-file", people.token("ma"))  # fmt: skip
    own_template = people.decide("ma", template)
    other_template = people.decide("ap", template)
    sheet = people.give("score", "give", CONTRACT, "monthly", "2024-05", "--token-file", people.token("ma"))
    acceptance = people.make("ma", "acceptance.held", "milestone=midterm", "result=failed", f"opinion={DOCUMENT}")
    nominated = people.make("pr", "staff.proposed", "person=p1", "post=engineer", "replaces=")
    waiver = people.make("ma", "staff.waived", "person=p1", "condition=3", f"document={DOCUMENT}")
    proposed = (sheet, acceptance, waiver)
    own = [people.decide("ma", one) for one in proposed]
    provider = [people.decide("pr", one) for one in proposed]
    others = [people.decide("ap", one) for one in proposed]
    found = people.answers()
    assert [found[one][1].get("waits") for one in (template, *proposed)] == [True] * 4, found
    assert not found[nominated][1]["waits"]
    assert {reason(found[one]) for one in (own_template, *own)} == {"whoever proposed it does not decide on it"}
    assert all("is not decided by role service_manager" in reason(found[one]) for one in provider)
    assert [found[one][0] for one in (other_template, *others)] == [0] * 4


def test_the_provider_changes_no_staff_without_the_clients_consent(people: People) -> None:
    first = ("person=p1", "post=engineer", "replaces=")
    consent = ("person=p1", "change=assignment", f"document={DOCUMENT}")
    proposed = people.make("pr", "staff.proposed", *first)
    too_early = people.make("pr", "staff.assigned", *first)
    own = people.make("pr", "staff.consented", *consent)
    unasked = people.make("ma", "staff.consented", "person=p2", *consent[1:])
    agreed = people.make("ma", "staff.consented", *consent)
    assigned = people.make("pr", "staff.assigned", *first)
    left = people.make("pr", "staff.left", "person=p1")
    found = people.answers()
    assert [found[one][0] for one in (proposed, agreed, assigned)] == [0, 0, 0], found
    assert "has not consented to the assignment" in reason(found[too_early])
    assert "not recorded by role service_manager" in reason(found[own])
    assert "by another person" in reason(found[unasked])
    assert "has not consented to the leaving" in reason(found[left])


def test_whoever_asks_that_time_not_count_or_reports_rework_does_not_agree_to_it(people: People) -> None:
    asked = people.make("ma", "exclusion.requested", *EXCLUSION)
    own = people.make("ma", "exclusion.approved", "exclusion=e1")
    provider = people.make("pr", "exclusion.approved", "exclusion=e1")
    approved = people.make("ap", "exclusion.approved", "exclusion=e1")
    found = people.answers()
    assert [found[one][0] for one in (asked, approved)] == [0, 0], found
    assert "not recorded by role client_manager" in reason(found[own])
    assert "not recorded by role service_manager" in reason(found[provider])


def test_an_operator_approves_no_exclusion_under_the_name_that_asked(terminal: Terminal) -> None:
    words = ("fact", "add", CONTRACT)
    terminal.ok(*words, "exclusion.requested", *EXCLUSION, "--actor", "client:1")
    refused = terminal.refused(*words, "exclusion.approved", "exclusion=e1", "--actor", "client:1")
    assert (refused["reason"], refused["field"]) == (
        "client:1 asked for it; another person approves",
        "exclusion.approved.actor",
    )
    assert not terminal.json(*words, "exclusion.approved", "exclusion=e1", "--actor", "client:2")["past_duties"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("score.template.set", ("template=t", "pattern=deductions", "title=T",
                                'criteria=[{"code":"c","title":"C","most":"10","each":"0"}]')),
        ("acceptance.held", ("milestone=midterm", "result=failed", f"opinion={DOCUMENT}")),
        ("staff.consented", ("person=p9", "change=assignment", f"document={DOCUMENT}")),
        ("staff.assigned", ("person=p9", "post=engineer", "replaces=")),
    ],
)  # fmt: skip
def test_an_operator_who_records_past_another_person_is_told(
    terminal: Terminal, kind: str, fields: tuple[str, ...]
) -> None:
    assert terminal.json("fact", "add", CONTRACT, kind, *fields)["past_duties"]


def test_an_operator_who_records_each_word_under_who_said_it_goes_past_nobody(terminal: Terminal) -> None:
    words = ("fact", "add", CONTRACT)
    who = ("--actor", "provider:1")
    consent = ("staff.consented", "person=p1", "change=assignment", f"document={DOCUMENT}")
    terminal.ok(*words, "staff.proposed", "person=p1", "post=engineer", "replaces=", *who)
    assert terminal.json(*words, *consent, "--id", "same", *who)["past_duties"]
    assert not terminal.json(*words, *consent, "--id", "another", "--actor", "client:1")["past_duties"]
    assert not terminal.json(*words, "staff.assigned", "person=p1", "post=engineer", "replaces=", *who)["past_duties"]
    notice = ("rectification.ordered", "notice=n1", "about=down", "deadline=2030-06-01", f"document={DOCUMENT}")
    terminal.ok(*words, *notice, "--actor", "client:1")
    terminal.ok(*words, "rectification.reported", "notice=n1", f"document={DOCUMENT}", *who)
    review = (*words, "rectification.reviewed", "notice=n1", "result=passed")
    assert terminal.json(*review, "--dry-run")["would_record"]
    assert terminal.json(*review, *who)["past_duties"]
