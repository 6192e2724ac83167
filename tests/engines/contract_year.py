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
    Party,
    Payload,
    PaymentMade,
    SampleWindow,
    ServiceDelivered,
    VerdictReached,
)
from yunyue.kernel import Happening, Kernel, Recorder

FOLDER = Path(__file__).parents[2] / "contracts" / "beijing-2024"
CONTRACT = "beijing-2024"
TODAY = date(2024, 10, 20)
DOCUMENT = "sha256:" + "ab" * 32
RECORDER = Recorder("user:900001", "/tests")
OBJECTIVE = "monitor-coverage"


def terms() -> Terms:
    """The historical contract."""
    found = read({name: (FOLDER / name).read_text("utf-8") for name in FILES})
    assert isinstance(found, Terms), found
    return found


def at(day: str, hour: int = 10) -> datetime:
    """A moment of a Beijing day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING) + timedelta(hours=hour)


def _signed(party: Party) -> Payload:
    return ContractSigned(party=party, signed=date(2024, 4, 11), sealed=date(2024, 4, 11))


def _order() -> Payload:
    return OrderPlaced(
        order="order-1",
        service="monitor",
        item="monitor-probes",
        quantity=Decimal(1),
        tenant="dept-1",
        deliver_by=date(2024, 4, 20),
    )


def _window(start: str, end: str, good: int) -> Payload:
    return SampleWindow(
        order="order-1",
        objective=OBJECTIVE,
        start=at(start, 0),
        end=at(end, 0),
        total=43_200,
        good=good,
        bad_minutes=0,
        segments=(),
    )


def _verdict(month: str, measured: str) -> Payload:
    return VerdictReached(
        service="monitor",
        objective=OBJECTIVE,
        month=month,
        method="M6",
        measured=Decimal(measured),
        target=Decimal(99),
        met=Decimal(measured) >= 99,
        counted_minutes=43_200,
        excluded_minutes=0,
        rests_on=(f"window-{month}",),
    )


def story() -> tuple[tuple[str, str, Payload], ...]:
    """Day, id and content of what happened, in order: a good April, a bad May, a first payment twelve days late."""
    first = terms().instalments[0].amount
    return (
        ("2024-04-11", "signed-client", _signed("client")),
        ("2024-04-11", "signed-provider", _signed("provider")),
        ("2024-04-15", "order-1-placed", _order()),
        ("2024-04-18", "order-1-delivered", ServiceDelivered(order="order-1")),
        ("2024-05-02", "window-2024-04", _window("2024-04-18", "2024-05-01", 43_192)),
        ("2024-05-02", "verdict-2024-04", _verdict("2024-04", "99.981")),
        ("2024-05-10", "funds-1", FundsArrived(instalment=1)),
        ("2024-05-13", "invoice-1", InvoiceReceived(instalment=1, amount=first, document=DOCUMENT)),
        ("2024-06-03", "window-2024-05", _window("2024-05-01", "2024-06-01", 42_643)),
        ("2024-06-03", "verdict-2024-05", _verdict("2024-05", "98.711")),
        ("2024-06-05", "payment-1", PaymentMade(instalment=1, amount=first, document=DOCUMENT)),
        ("2024-10-15", "midterm", AcceptanceHeld(milestone="midterm", result="passed", opinion=DOCUMENT)),
    )


def tell(settings: Settings) -> Kernel:
    """An installation in which the story happened, published, its clock standing at TODAY."""
    clock = VirtualClock(at("2024-04-10"))
    kernel = Kernel.open(settings, clock)
    assert isinstance(kernel, Kernel), kernel
    registered = kernel.register(terms(), RECORDER)
    assert not isinstance(registered, Refused), registered
    for day, identifier, said in story():
        clock.move_to(max(clock.now(), at(day)))
        done = kernel.record(CONTRACT, [Happening(said, clock.now(), identifier)], RECORDER)
        assert not isinstance(done, Refused), f"{identifier}: {done}"
    clock.move_to(at(TODAY.isoformat()))
    published = kernel.publish()
    assert not isinstance(published, Refused), published
    return kernel
