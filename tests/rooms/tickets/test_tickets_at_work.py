"""A ticket from opening to closing: its steps, its clocks, its notes, who is told when time runs out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import contract_year
import pytest

from yunyue.answer import Refused
from yunyue.host.clock import VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.facts import Level, ResponseAgreed, TicketCommented, TicketEscalated
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.tickets.escalation import escalate
from yunyue.tickets.register import Ticket, find, seen_by, tickets
from yunyue.tickets.work import LONGEST, Move, Request, note_of, open_ticket, take

CONTRACT = contract_year.CONTRACT
DIGEST = f"sha256:{'ab' * 32}"
CLIENT, ENGINEER = Recorder("user:1", "/tests"), Recorder("user:2", "/tests")
OUTAGE = Request(1, "nothing answers", "dept-1", "order-1")


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = contract_year.tell(Settings(home=tmp_path))
    yield kernel
    kernel.close()


def opened(kernel: Kernel, wanted: Request = OUTAGE) -> str:
    ticket = open_ticket(kernel, CONTRACT, wanted, CLIENT)
    assert isinstance(ticket, str), ticket
    return ticket


def pass_time(kernel: Kernel, **time: int) -> None:
    assert isinstance(kernel.clock, VirtualClock)
    kernel.clock.move(timedelta(**time))


def do(kernel: Kernel, ticket: str, kind: str, text: str = "done", to: str = "") -> Refused | None:
    return take(kernel, CONTRACT, ticket, Move(f"ticket.{kind}", text, to), ENGINEER)


def all_of(kernel: Kernel) -> tuple[Ticket, ...]:
    known = kernel.known(CONTRACT)
    assert not isinstance(known, Refused)
    return tickets(known, kernel.calendar, kernel.clock.now())


def one(kernel: Kernel, ticket: str) -> Ticket:
    known = kernel.known(CONTRACT)
    assert not isinstance(known, Refused)
    found = find(known, kernel.calendar, kernel.clock.now(), ticket)
    assert found is not None
    return found


def test_a_ticket_goes_from_opening_to_closing(kernel: Kernel) -> None:
    ticket = opened(kernel)
    states = [one(kernel, ticket).state]
    for kind in ("answered", "paused", "continued", "resolved", "reopened", "resolved", "closed"):
        pass_time(kernel, minutes=1)
        assert do(kernel, ticket, kind) is None
        states.append(one(kernel, ticket).state)
    assert states == ["opened", "answered", "paused", "answered", "resolved", "answered", "resolved", "closed"]
    assert not one(kernel, ticket).open


def test_times_agreed_later_make_no_earlier_ticket_late(kernel: Kernel) -> None:
    before = opened(kernel)
    pass_time(kernel, minutes=5)
    fast = ResponseAgreed(
        levels=(Level(1, "2 min", "1 h", "calendar"),), opens="09:00", closes="17:00", document=DIGEST
    )
    agreed = [Happening(fast, kernel.clock.now())]
    assert not isinstance(kernel.record(CONTRACT, agreed, ENGINEER), Refused)
    after = opened(kernel)
    pass_time(kernel, minutes=3)
    assert (one(kernel, before).response.state, one(kernel, after).response.state) == ("running", "late")
    assert [each.response.state for each in all_of(kernel) if each.id in (before, after)] == ["late", "running"]


def test_an_answer_in_time_stops_the_clock_of_response_only(kernel: Kernel) -> None:
    ticket = opened(kernel)
    pass_time(kernel, minutes=9)
    do(kernel, ticket, "answered")
    pass_time(kernel, hours=1)
    found = one(kernel, ticket)
    assert (found.response.state, found.response.reading.used) == ("done", timedelta(minutes=9))
    assert found.resolution.state == "running"
    assert found.next_due == found.opened.time + timedelta(hours=2)


def test_an_answer_too_late_stays_too_late(kernel: Kernel) -> None:
    ticket = opened(kernel)
    pass_time(kernel, minutes=11)
    assert one(kernel, ticket).response.state == "late"
    do(kernel, ticket, "answered")
    assert one(kernel, ticket).response.state == "done_late"


def test_waiting_for_the_client_stops_the_clock_of_resolution(kernel: Kernel) -> None:
    ticket = opened(kernel)
    do(kernel, ticket, "answered")
    pass_time(kernel, hours=1)
    do(kernel, ticket, "paused", "which address?")
    pass_time(kernel, days=3)
    found = one(kernel, ticket)
    assert (found.resolution.state, found.resolution.reading.used) == ("waiting", timedelta(hours=1))
    assert found.next_due is None
    do(kernel, ticket, "continued")
    pass_time(kernel, minutes=30)
    assert one(kernel, ticket).resolution.reading.used == timedelta(hours=1, minutes=30)


def test_reopening_goes_on_with_the_time_already_used(kernel: Kernel) -> None:
    ticket = opened(kernel)
    do(kernel, ticket, "answered")
    pass_time(kernel, hours=1)
    do(kernel, ticket, "resolved", "restarted")
    pass_time(kernel, days=1)
    do(kernel, ticket, "reopened", "it is down again")
    pass_time(kernel, hours=1, minutes=1)
    found = one(kernel, ticket)
    assert found.resolution.state == "late"
    assert found.resolution.reading.used == timedelta(hours=2, minutes=1)


def test_a_note_lies_among_the_documents_and_the_fact_carries_its_digest_only(kernel: Kernel) -> None:
    ticket = opened(kernel)
    assert do(kernel, ticket, "commented", "  <script>alert(1)</script> 请尽快  ") is None
    said = one(kernel, ticket).steps[-1].data
    assert isinstance(said, TicketCommented)
    assert note_of(kernel, said.note) == "<script>alert(1)</script> 请尽快"
    assert "请尽快".encode() not in b"".join(kernel.journal.leaves(0))


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_note_is_refused(kernel: Kernel, text: str) -> None:
    refused = do(kernel, opened(kernel), "commented", text)
    assert refused is not None
    assert refused.field == "ticket.commented.note"


def test_a_step_that_does_not_exist_or_does_not_follow_is_refused(kernel: Kernel) -> None:
    ticket = opened(kernel)
    for kind in ("deleted", "escalated", "closed"):
        assert do(kernel, ticket, kind) is not None
    assert one(kernel, ticket).steps == ()


def test_a_request_that_is_wrong_is_refused_and_nothing_is_recorded(kernel: Kernel) -> None:
    for wanted, field in (
        (Request(5, "x"), "ticket.opened.severity"),
        (Request("high", "x"), "ticket.opened.severity"),
        (Request(1, ""), "ticket.opened.about"),
        (Request(1, "x", order="nothing"), "ticket.opened.order"),
        (Request(1, "x", tenant="../etc"), "ticket.opened.tenant"),
    ):
        refused = open_ticket(kernel, CONTRACT, wanted, CLIENT)
        assert isinstance(refused, Refused)
        assert refused.field == field
    assert all_of(kernel) == ()


def test_the_queue_begins_with_what_is_due_first_and_ends_with_what_is_done(kernel: Kernel) -> None:
    question, waiting, done = (opened(kernel, Request(4, "how")) for _ in range(3))
    outage = opened(kernel)
    do(kernel, waiting, "answered")
    do(kernel, waiting, "paused", "which one?")
    do(kernel, done, "answered")
    do(kernel, done, "resolved")
    assert [found.id for found in all_of(kernel)] == [outage, question, waiting, done]


def test_a_department_sees_its_own_tickets_only(kernel: Kernel) -> None:
    mine, _other = opened(kernel), opened(kernel, Request(4, "how", "dept-2"))
    assert [found.id for found in seen_by(all_of(kernel), "dept-1")] == [mine]
    assert len(seen_by(all_of(kernel), "")) == 2


def test_a_ticket_handed_over_is_with_the_last_one_it_was_handed_to(kernel: Kernel) -> None:
    ticket = opened(kernel)
    do(kernel, ticket, "handed_over", "network", to="user:7")
    do(kernel, ticket, "handed_over", "storage", to="user:8")
    assert one(kernel, ticket).holder == "user:8"


def test_a_clock_that_ran_out_escalates_once_and_further_after_as_much_time_again(kernel: Kernel) -> None:
    ticket = opened(kernel)
    assert escalate(kernel, CONTRACT) == 0
    pass_time(kernel, minutes=11)
    assert escalate(kernel, CONTRACT) == 1
    assert escalate(kernel, CONTRACT) == 0
    assert one(kernel, ticket).escalated == ("service_manager",)
    pass_time(kernel, minutes=10)
    assert escalate(kernel, CONTRACT) == 1
    assert one(kernel, ticket).escalated == ("service_manager", "client_manager")
    pass_time(kernel, hours=2)
    assert escalate(kernel, CONTRACT) == 1
    facts = [found.data for found in one(kernel, ticket).steps if isinstance(found.data, TicketEscalated)]
    assert [(found.clock, found.to) for found in facts] == [
        ("response", "service_manager"),
        ("response", "client_manager"),
        ("resolution", "service_manager"),
    ]


def test_what_was_answered_and_solved_escalates_no_more(kernel: Kernel) -> None:
    ticket = opened(kernel)
    do(kernel, ticket, "answered")
    do(kernel, ticket, "resolved")
    pass_time(kernel, days=30)
    assert escalate(kernel, CONTRACT) == 0
