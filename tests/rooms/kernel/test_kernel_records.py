"""The kernel takes facts in, all of a batch or none, and gives statements out: with a real journal in a real folder."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from story import TERMS, facts_of
from yunyue.answer import Refused
from yunyue.host.clock import VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import FundsArrived, PaymentMade
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.kernel.known import TermsMissing
from yunyue.settlement.statement import Statement
from yunyue.store.interface import Appended

DESK = Recorder("user:1", "/desk")
NOON = datetime(2024, 6, 1, 12, 0, tzinfo=BEIJING)
CONTRACT = TERMS.id


def opened(home: Path, now: datetime = NOON) -> Kernel:
    kernel = Kernel.open(Settings(home=home), VirtualClock(now))
    assert isinstance(kernel, Kernel), kernel
    return kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """An installation on 1 June 2024 that knows the 2024 contract."""
    kernel = opened(tmp_path)
    assert isinstance(kernel.register(TERMS, DESK), Appended)
    yield kernel
    kernel.close()


def happened(*lines: str) -> list[Happening]:
    """Happenings as a story tells them."""
    facts = [fact for place, line in enumerate(lines) for fact in facts_of(line, TERMS, place)]
    return [Happening(fact.data, fact.time, fact.id) for fact in facts]


PAID = "2024-05-20 payment.made id=p1 instalment=1 amount=958397.20"


def record(kernel: Kernel, *lines: str) -> Appended:
    appended = kernel.record(CONTRACT, happened(*lines), DESK)
    assert isinstance(appended, Appended), appended
    return appended


def statement(kernel: Kernel, day: date = date(2024, 6, 1)) -> Statement:
    found = kernel.statement(CONTRACT, day)
    assert isinstance(found, Statement), found
    return found


def test_what_was_recorded_is_in_the_statement(kernel: Kernel) -> None:
    record(kernel, "2024-04-11 contract.signed", PAID)
    assert statement(kernel).line("instalment-1").state == "settled"


def test_a_refused_fact_leaves_no_trace(kernel: Kernel) -> None:
    before = kernel.journal.head()
    refused = kernel.record(CONTRACT, happened("2024-05-20 payment.made instalment=1 amount=958397.21"), DESK)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("payment.made.amount", "C02")
    assert kernel.journal.head() == before
    assert statement(kernel).line("instalment-1").facts == ()


def test_a_batch_with_one_bad_fact_is_refused_whole(kernel: Kernel) -> None:
    before = kernel.journal.head()
    bad = "2024-05-21 payment.made id=p2 instalment=1 amount=0.01"
    refused = kernel.record(CONTRACT, happened("2024-05-19 funds.arrived instalment=1", PAID, bad), DESK)
    assert isinstance(refused, Refused)
    assert kernel.journal.head() == before
    assert isinstance(kernel.record(CONTRACT, happened(PAID), DESK), Appended)


def test_the_same_fact_again_is_taken_once(kernel: Kernel) -> None:
    record(kernel, PAID)
    size = kernel.journal.head().size
    record(kernel, PAID)
    assert kernel.journal.head().size == size


def test_other_bytes_under_a_known_id_are_refused(kernel: Kernel) -> None:
    record(kernel, PAID)
    refused = kernel.record(CONTRACT, happened(PAID.replace("958397.20", "1.00")), DESK)
    assert isinstance(refused, Refused)
    assert "p1" in str(refused)


def test_a_repeated_fact_does_not_stand_in_the_way_of_a_new_one(kernel: Kernel) -> None:
    part = "2024-05-20 payment.made id=p1 instalment=1 amount=500000.00"
    record(kernel, part)
    record(kernel, part, "2024-05-21 payment.made id=p2 instalment=1 amount=458397.20")
    assert kernel.journal.head().size == 3, "the registration, p1 and p2"
    assert statement(kernel).line("instalment-1").state == "settled"


def test_a_fact_of_tomorrow_is_refused_and_taken_tomorrow(kernel: Kernel) -> None:
    tomorrow = happened("2024-06-02 funds.arrived instalment=1")
    assert isinstance(kernel.record(CONTRACT, tomorrow, DESK), Refused)
    clock = kernel.clock
    assert isinstance(clock, VirtualClock)
    clock.move(timedelta(days=1))
    assert isinstance(kernel.record(CONTRACT, tomorrow, DESK), Appended)


def test_a_moment_without_a_zone_is_refused(kernel: Kernel) -> None:
    (one,) = happened("2024-05-20 funds.arrived instalment=1")
    refused = kernel.record(CONTRACT, [Happening(one.said, one.at.replace(tzinfo=None))], DESK)
    assert isinstance(refused, Refused)
    assert refused.field == "time"


def test_the_day_is_the_one_in_beijing_whatever_zone_the_moment_came_in(kernel: Kernel) -> None:
    (one,) = happened("2024-05-20 funds.arrived instalment=1")
    late = datetime(2024, 5, 19, 17, 0, tzinfo=UTC)  # 20 May, 01:00 in Beijing
    what_if = kernel.suppose(CONTRACT, date(2024, 6, 1), [Happening(one.said, late)])
    assert isinstance(kernel.record(CONTRACT, [Happening(one.said, late)], DESK), Appended)
    assert isinstance(what_if, Statement)
    assert what_if.check("gate-funds-1").detail == statement(kernel).check("gate-funds-1").detail
    assert "2024-05-20" in statement(kernel).check("gate-funds-1").detail.en


def test_maker_and_checker_are_two_people(kernel: Kernel) -> None:
    record(kernel, "2024-05-01 order.placed order=o1 item=os-set deliver_by=2024-05-10")
    approval = happened("2024-05-02 order.approved id=approval order=o1")
    refused = kernel.record(CONTRACT, approval, DESK)
    assert isinstance(refused, Refused)
    assert refused.field == "order.approved.actor"
    assert isinstance(kernel.record(CONTRACT, approval, Recorder("user:2", "/desk")), Appended)


def test_an_unknown_contract_is_refused_by_name(kernel: Kernel) -> None:
    for answer in (
        kernel.record("other", happened(PAID), DESK),
        kernel.check("other", happened(PAID), DESK),
        kernel.statement("other", date(2024, 6, 1)),
        kernel.suppose("other", date(2024, 6, 1), happened(PAID)),
        kernel.terms("other"),
    ):
        assert isinstance(answer, Refused)
        assert answer.field == "contract"
        assert CONTRACT in answer.reason


def test_checking_records_nothing(kernel: Kernel) -> None:
    before = kernel.journal.head()
    assert kernel.check(CONTRACT, happened(PAID), DESK) is None
    assert isinstance(kernel.check(CONTRACT, happened(PAID, PAID.replace("p1", "p2")), DESK), Refused)
    assert kernel.journal.head() == before


def test_registering_the_same_terms_again_changes_nothing(kernel: Kernel) -> None:
    before = kernel.journal.head()
    assert isinstance(kernel.register(TERMS, DESK), Appended)
    assert kernel.journal.head() == before
    other = msgspec.structs.replace(TERMS, account_notice_workdays=11)
    refused = kernel.register(other, DESK)
    assert isinstance(refused, Refused)
    assert refused.clause == "C34"
    assert kernel.journal.head() == before


def test_another_process_reads_what_this_one_recorded(kernel: Kernel, tmp_path: Path) -> None:
    other = opened(tmp_path)
    record(kernel, "2024-04-11 contract.signed", PAID)
    assert other.contracts() == (CONTRACT,)
    assert statement(other).line("instalment-1").state == "settled"
    other.close()


def test_supposing_records_nothing_and_says_what_recording_would(kernel: Kernel) -> None:
    record(kernel, "2024-04-11 contract.signed")
    before = kernel.journal.head()
    supposed = kernel.suppose(CONTRACT, date(2024, 6, 1), happened(PAID))
    assert isinstance(supposed, Statement)
    assert kernel.journal.head() == before
    assert supposed.supposed == ("p1",)
    record(kernel, PAID)
    assert statement(kernel).lines == supposed.lines


def test_what_could_not_be_recorded_cannot_be_supposed_but_what_lies_ahead_can(kernel: Kernel) -> None:
    day = date(2024, 12, 1)
    assert isinstance(kernel.suppose(CONTRACT, day, happened(PAID, PAID.replace("p1", "p2"))), Refused)
    broken = happened("2024-05-01 contract.supplemented supplement=s1 price.total=5.00")
    assert isinstance(kernel.suppose(CONTRACT, day, broken), Refused)
    assert isinstance(kernel.suppose(CONTRACT, day, happened(PAID.replace("05-20", "11-20"))), Statement)


def test_an_old_statement_is_the_same_however_often_it_is_asked_for(kernel: Kernel) -> None:
    record(kernel, "2024-04-11 contract.signed")
    then = kernel.clock.now()
    old = kernel.statement(CONTRACT, date(2024, 6, 1), then)
    clock = kernel.clock
    assert isinstance(clock, VirtualClock)
    clock.move(timedelta(days=1))
    record(kernel, PAID)
    assert kernel.statement(CONTRACT, date(2024, 6, 1), then) == old
    assert statement(kernel) != old


def test_a_clock_set_back_hides_nothing_that_was_recorded(tmp_path: Path) -> None:
    first = opened(tmp_path)
    assert isinstance(first.register(TERMS, DESK), Appended)
    record(first, "2024-04-11 contract.signed", PAID)
    first.close()
    back = opened(tmp_path, NOON - timedelta(hours=1))
    assert statement(back).line("instalment-1").state == "settled"
    assert back.clock.now() < statement(back).known_at
    back.close()


def test_supplements_change_the_terms_of_a_day(kernel: Kernel) -> None:
    record(kernel, "2024-05-01 contract.supplemented supplement=s1 effective=2024-05-15 term.end=2025-01-31")
    ends = [kernel.terms(CONTRACT, date(2024, 5, day)) for day in (14, 15)]
    assert [str(terms.term.end) for terms in ends if not isinstance(terms, Refused)] == ["2024-12-31", "2025-01-31"]


def test_a_lost_terms_document_is_named(kernel: Kernel, tmp_path: Path) -> None:
    for path in (tmp_path / "objects").glob("??/*"):
        path.unlink()
    with pytest.raises(TermsMissing, match="bring it back from a backup"):
        opened(tmp_path)


WRITER = """
import json, sys
from datetime import datetime
from pathlib import Path
from yunyue.answer import Refused
from yunyue.host.clock import VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.facts import PaymentMade
from yunyue.journal.facts import FundsArrived, PaymentMade
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.money import Money

home, name, noon = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
kernel = Kernel.open(Settings(home=home), VirtualClock(noon))
assert isinstance(kernel, Kernel), kernel
print("ready", flush=True)
sys.stdin.readline()
taken = 0
said = PaymentMade(instalment=1, amount=Money.parse("95839.72"), document="sha256:" + "0" * 64)
for number in range(10):
    happening = Happening(said, noon, f"{name}-{number}")
    taken += not isinstance(kernel.record("beijing-2024", [happening], Recorder(f"user:{name}", "/desk")), Refused)
print(json.dumps(taken), flush=True)
"""


def test_two_processes_at_once_cannot_overpay_an_instalment(kernel: Kernel, tmp_path: Path) -> None:
    """Each would pay the whole of it in ten parts; together they are let pay ten parts."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, name, NOON.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    outputs = []
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        outputs.append(writer.communicate(timeout=60)[0])
    assert sum(json.loads(output) for output in outputs) == 10
    check = statement(kernel).check("total")
    assert check.detail.en.startswith("Paid 958,397.20 of ")


def test_facts_of_some_kinds_come_in_journal_order(kernel: Kernel) -> None:
    record(kernel, "2024-05-12 funds.arrived id=f1 instalment=1")
    record(kernel, "2024-05-13 invoice.received id=i1 instalment=1 amount=958397.20")
    record(kernel, PAID)
    record(kernel, "2024-05-21 funds.arrived id=f2 instalment=2")
    found = kernel.facts(CONTRACT, PaymentMade, FundsArrived)
    assert [one.fact.id for one in found] == ["f1", "p1", "f2"]


def test_facts_of_every_kind_there_is_are_all_facts(kernel: Kernel) -> None:
    record(kernel, "2024-05-12 funds.arrived id=f1 instalment=1")
    assert [kind.type for kind in kernel.kinds(CONTRACT)] == ["contract.registered", "funds.arrived"]
    assert kernel.facts(CONTRACT, *kernel.kinds(CONTRACT)) == kernel.facts(CONTRACT)


def test_a_contract_there_is_not_has_no_facts_and_no_kinds(kernel: Kernel) -> None:
    assert kernel.facts("nowhere", PaymentMade) == kernel.facts("nowhere") == ()
    assert kernel.kinds("nowhere") == ()
