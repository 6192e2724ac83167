"""A contract year, recorded through the kernel as the two sides would: what the tests of the doors look at."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from yunyue.answer import Refused
from yunyue.contract import FILES, Terms, read
from yunyue.host.clock import BEIJING, VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.facts import (
    AcceptanceHeld,
    ContractSigned,
    FundsArrived,
    InvoiceReceived,
    OrderPlaced,
    Payload,
    PaymentMade,
    SampleWindow,
    ServiceDelivered,
    VerdictReached,
)
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.money import Money

CONTRACT = Path(__file__).parents[2] / "contracts" / "beijing-2024"
DOCUMENT = "sha256:" + "ab" * 32
RECORDER = Recorder("user:1", "/tests")


def terms() -> Terms:
    """The historical contract."""
    found = read({name: (CONTRACT / name).read_text("utf-8") for name in FILES})
    assert isinstance(found, Terms), found
    return found


def at(day: str, hour: int = 10) -> datetime:
    """A moment of a Beijing day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING) + timedelta(hours=hour)


def months() -> list[tuple[str, Payload]]:
    """Verdicts of one objective: a good April, a bad May."""
    return [
        ("2024-05-02", _verdict("2024-04", "99.982", met=True)),
        ("2024-06-03", _verdict("2024-05", "98.711", met=False)),
    ]


def _verdict(month: str, measured: str, met: bool) -> Payload:
    return VerdictReached(
        service="monitor",
        objective=objective(),
        month=month,
        method="M6",
        measured=Decimal(measured),
        target=Decimal("99"),
        met=met,
        counted_minutes=44_640,
        excluded_minutes=0,
        rests_on=(f"window-{month}",),
    )


def objective() -> str:
    """The first objective of monitoring in the contract's annex."""
    return next(one.id for one in terms().sla.objectives if one.service == "monitor")


def window(month: str, good: int) -> Payload:
    """What was measured in a month."""
    start = at(f"{month}-01", 0)
    end = start + timedelta(days=30)
    return SampleWindow(
        order="order-1",
        objective=objective(),
        start=start,
        end=end,
        total=43_200,
        good=good,
        bad_minutes=0,
        segments=(),
    )


def story() -> list[tuple[str, str, Payload]]:
    """Day, id and content of what happened, in order."""
    total = terms().instalments
    first = total[0].amount
    item = next(one.code for one in terms().catalogue.items if one.service == "monitor")
    placed = OrderPlaced(
        order="order-1",
        service="monitor",
        item=item,
        quantity=Decimal(1),
        tenant="dept-1",
        deliver_by=date(2024, 4, 20),
    )
    told: list[tuple[str, str, Payload]] = [
        (
            "2024-04-11",
            "signed-client",
            ContractSigned(party="client", signed=date(2024, 4, 11), sealed=date(2024, 4, 11)),
        ),
        ("2024-04-11", "signed-provider", _signed("provider")),
        ("2024-04-15", "order-1-placed", placed),
        ("2024-04-18", "order-1-delivered", ServiceDelivered(order="order-1")),
        ("2024-04-30", "window-2024-04", window("2024-03", 43_192)),
        ("2024-05-10", "funds-1", FundsArrived(instalment=1)),
        ("2024-05-13", "invoice-1", InvoiceReceived(instalment=1, amount=first, document=DOCUMENT)),
        ("2024-06-05", "payment-1", PaymentMade(instalment=1, amount=first, document=DOCUMENT)),
        ("2024-06-06", "window-2024-05", window("2024-05", 42_643)),
        ("2024-10-15", "midterm", AcceptanceHeld(milestone="midterm", result="passed", opinion=DOCUMENT)),
    ]
    return told


def _signed(party: str) -> Payload:
    assert party == "provider"
    return ContractSigned(party="provider", signed=date(2024, 4, 11), sealed=date(2024, 4, 11))


def tell(settings: Settings) -> Kernel:
    """An installation in which the story happened, its clock standing at the end of it."""
    clock = VirtualClock(at("2024-04-10"))
    kernel = Kernel.open(settings, clock)
    assert isinstance(kernel, Kernel), kernel
    registered = kernel.register(terms(), RECORDER)
    assert not isinstance(registered, Refused), registered
    for day, identifier, said in sorted(story(), key=lambda told: told[0]):
        clock.move_to(at(day))
        done = kernel.record(terms().id, [Happening(said, clock.now(), identifier)], RECORDER)
        assert not isinstance(done, Refused), f"{identifier}: {done}"
    clock.move_to(at("2024-10-20"))
    published = kernel.publish()
    assert not isinstance(published, Refused), published
    return kernel


__all__ = ["CONTRACT", "DOCUMENT", "RECORDER", "Money", "at", "months", "tell", "terms"]
