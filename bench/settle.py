"""How long settle() takes: a contract of the usual size, and one of 200,000 facts beside beancount with its movements.

Run: .venv/bin/python bench/settle.py [--facts N] [--json]. Half of the facts are movements of money (invoices, parts
of payments, penalties settled), half are orders, deliveries, usage and sample windows. beancount loads the movements
alone, in the same run; it reads them from a ledger text, settle() has the facts in memory, as the kernel keeps them.
Times are seconds of processor time on one core, the best of several runs; the first run of a process also makes the
digests of terms and calendar.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from beancount import loader as beancount

from yunyue.contract import loader
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import BEIJING, Fact, Recorded
from yunyue.journal.facts import (
    AcceptanceHeld,
    AnnexAttached,
    ContractSigned,
    CopiesExchanged,
    FundsArrived,
    InvoiceReceived,
    MajeureBegan,
    MajeureEnded,
    OrderPlaced,
    Payload,
    PaymentMade,
    SampleWindow,
    ServiceDelivered,
    StaffAssigned,
    StaffChecked,
    SumSettled,
    UsageMetered,
    VerdictReached,
)
from yunyue.money import Money
from yunyue.settlement.settle import settle
from yunyue.workdays import STATE_COUNCIL

FOLDER = Path(__file__).parent.parent / "contracts" / "beijing-2024"
DOCUMENT = "sha256:" + "0" * 64
SIGNED = date(2024, 4, 11)
AS_OF = date(2025, 3, 1)
KNOWN_AT = datetime(2025, 3, 2, tzinfo=BEIJING)
ITEMS = ("os-set", "containers-vcpu", "scan-run", "protect-host", "monitor-site", "audit-instance", "crypto-key")

Happened = tuple[date, Payload]


def terms_of_2024() -> Terms:
    """The 2024 contract with its sample annexes."""
    terms = loader.read({path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")})
    assert isinstance(terms, Terms), terms
    return terms


def usual(terms: Terms) -> Iterator[Happened]:
    """What happens in a year of a contract: about 40 facts."""
    for party in ("client", "provider"):
        yield SIGNED, ContractSigned(party=party, signed=SIGNED, sealed=SIGNED)
    yield date(2024, 4, 12), CopiesExchanged(client=3, provider=3)
    for annex in range(1, 7):
        yield date(2024, 4, 12), AnnexAttached(annex=annex, document=DOCUMENT, sample=True)
    yield date(2024, 4, 12), StaffAssigned(person="m1", post="manager", replaces=None)
    for condition in range(1, 7):
        yield date(2024, 4, 13), StaffChecked(person="m1", condition=condition, met=True, evidence=DOCUMENT)
    for number, code in enumerate(ITEMS):
        yield from _ordered(terms, f"o{number}", code, number)
    yield date(2024, 7, 1), MajeureBegan(event="flood", about="flood")
    yield date(2024, 7, 11), MajeureEnded(event="flood")
    yield date(2024, 8, 1), _missed(terms)
    yield date(2024, 9, 10), AcceptanceHeld(milestone="midterm", result="passed", opinion=DOCUMENT)
    for number, day in ((1, date(2024, 5, 20)), (2, date(2024, 9, 20))):
        amount = terms.instalments[number - 1].amount
        yield day, FundsArrived(instalment=number)
        yield day, InvoiceReceived(instalment=number, amount=amount, document=DOCUMENT)
        yield day + timedelta(20), PaymentMade(instalment=number, amount=amount, document=DOCUMENT)


def _ordered(terms: Terms, order: str, code: str, late: int) -> Iterator[Happened]:
    item = terms.item(code)
    assert item is not None
    by = date(2024, 5, 1) + timedelta(late % 200)
    yield (
        date(2024, 4, 20),
        OrderPlaced(order=order, service=item.service, item=code, quantity=Decimal(1), tenant="t1", deliver_by=by),
    )
    yield by + timedelta(1 if late % 20 == 3 else 0), ServiceDelivered(order=order)


def _missed(terms: Terms) -> VerdictReached:
    objective = terms.objective("monitor-availability")
    assert objective is not None
    return VerdictReached(
        service=objective.service,
        objective=objective.id,
        month="2024-07",
        method=objective.method,
        measured=Decimal("98.5"),
        target=objective.target,
        met=False,
        counted_minutes=44_640,
        excluded_minutes=0,
        rests_on=(),
    )


def many(terms: Terms, count: int) -> Iterator[Happened]:
    """The usual year's beginning, and then so many facts more: half of them movements of money."""
    yield from list(usual(terms))[:16]
    for number in range(1, 4):
        yield date(2024, 4, 20), FundsArrived(instalment=number)
    for milestone in ("midterm", "final"):
        yield date(2024, 9, 10), AcceptanceHeld(milestone=milestone, result="passed", opinion=DOCUMENT)
    for number in range(count // 8):
        yield from _money(number)
        yield from _ordered(terms, f"o{number}", ITEMS[number % len(ITEMS)], number)
        yield from _used(number)


def _money(number: int) -> Iterator[Happened]:
    day = date(2024, 5, 1) + timedelta(number % 290)
    instalment, amount = number % 3 + 1, Money(1_000 + number % 97)
    yield day, InvoiceReceived(instalment=instalment, amount=amount, document=DOCUMENT)
    yield day, PaymentMade(instalment=instalment, amount=amount, document=DOCUMENT)
    yield day, PaymentMade(instalment=instalment, amount=Money(7), document=DOCUMENT)
    yield day, SumSettled(line="late-delivery", payer="provider", amount=Money(1), document=DOCUMENT)


def _used(number: int) -> Iterator[Happened]:
    day = date(2024, 5, 1) + timedelta(number % 240)
    start = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    end, order = start + timedelta(hours=1), f"o{number}"
    yield day, UsageMetered(order=order, meter="os.set", quantity=Decimal("1.5"), start=start, end=end)
    yield (
        day,
        SampleWindow(
            order=order,
            objective="monitor-availability",
            start=start,
            end=end,
            total=60,
            good=60,
            bad_minutes=0,
            segments=(),
        ),
    )


def journal(terms: Terms, happened: Iterator[Happened]) -> list[Recorded]:
    """The facts as the journal holds them, recorded as they happened."""
    facts = []
    for place, (day, said) in enumerate(sorted(happened, key=lambda one: one[0])):
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=BEIJING)
        fact = Fact(id=f"f{place}", subject=terms.id, actor="client", source="/bench", time=moment, data=said)
        facts.append(Recorded(place, moment, fact))
    return facts


def ledger(facts: list[Recorded]) -> tuple[str, int]:
    """The movements of money as a beancount ledger, and how many they are."""
    accounts = ("Assets:Bank", "Liabilities:Provider", "Expenses:Services", "Income:Penalties")
    lines = [f"2024-01-01 open {account} CNY" for account in accounts]
    count = 0
    for one in facts:
        match one.fact.data:
            case InvoiceReceived(amount=amount):
                entry = _transfer(one, "Expenses:Services", "Liabilities:Provider", amount)
            case PaymentMade(amount=amount):
                entry = _transfer(one, "Liabilities:Provider", "Assets:Bank", amount)
            case SumSettled(amount=amount):
                entry = _transfer(one, "Assets:Bank", "Income:Penalties", amount)
            case _:
                continue
        lines.append(entry)
        count += 1
    return "\n".join(lines) + "\n", count


def _transfer(one: Recorded, to: str, source: str, amount: Money) -> str:
    return f'{one.fact.day} * "{one.fact.id}"\n  {to}  {amount} CNY\n  {source}  -{amount} CNY'


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest of so many runs, in seconds of processor time."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return min(spent)


def measure(count: int) -> dict[str, float | int]:
    """All numbers of one run."""
    terms = terms_of_2024()
    small, large = journal(terms, usual(terms)), journal(terms, many(terms, count))
    first = best(lambda: settle(terms, small, STATE_COUNCIL, AS_OF, KNOWN_AT), 1)
    again = best(lambda: [settle(terms, small, STATE_COUNCIL, AS_OF, KNOWN_AT) for _ in range(20)], 10) / 20
    whole = best(lambda: settle(terms, large, STATE_COUNCIL, AS_OF, KNOWN_AT), 3)
    text, movements = ledger(large)
    entries, errors, _ = beancount.load_string(text)
    assert not errors, errors[:3]
    assert len(entries) == movements + 4
    theirs = best(lambda: beancount.load_string(text), 1)
    return {
        "small_facts": len(small),
        "small_first_ms": round(first * 1000, 3),
        "small_ms": round(again * 1000, 3),
        "large_facts": len(large),
        "large_s": round(whole, 3),
        "movements": movements,
        "beancount_s": round(theirs, 3),
        "beancount_to_settle": round(theirs / whole, 1),
    }


def main() -> None:
    """Prints the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=200_000, help="facts of the large contract")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(asked.facts)
    if asked.json:
        json.dump(found, sys.stdout)
        print()
        return
    print(f"{found['small_facts']} facts: {found['small_ms']} ms (the first time {found['small_first_ms']} ms)")
    print(f"{found['large_facts']:,} facts: {found['large_s']} s")
    print(f"beancount, the {found['movements']:,} movements among them: {found['beancount_s']} s", end="")
    print(f", {found['beancount_to_settle']} times as long")


if __name__ == "__main__":
    main()
