"""Tables made from facts: following the journal and starting over end in the same rows."""

from collections.abc import Iterator
from pathlib import Path

import contract_year
import pytest

from yunyue.host.settings import Settings
from yunyue.journal.facts import FactCorrected, OrderCancelled, Payload, ServiceResumed, ServiceSuspended
from yunyue.kernel import Happening, Kernel
from yunyue.kernel.projection import FILE, Projection
from yunyue.store.interface import Appended


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """The contract year, in which a monitoring order was delivered."""
    found = contract_year.tell(Settings(home=tmp_path))
    yield found
    found.close()


def tables(kernel: Kernel) -> Projection:
    return Projection.current(kernel.settings.home, kernel.journal)


def state(kernel: Kernel) -> str:
    ((found,),) = tables(kernel).rows("SELECT state FROM orders WHERE id = 'order-1'")
    return str(found)


def record(kernel: Kernel, said: Payload, identifier: str) -> None:
    happening = Happening(said, kernel.clock.now(), identifier)
    assert isinstance(kernel.record(contract_year.CONTRACT, [happening], contract_year.RECORDER), Appended)


def test_an_orders_state_follows_its_facts(kernel: Kernel) -> None:
    seen = [state(kernel)]
    for number, said in enumerate(
        (
            ServiceSuspended(order="order-1", ground="maintenance"),
            ServiceResumed(order="order-1"),
            OrderCancelled(order="order-1", reason="no longer needed"),
        )
    ):
        record(kernel, said, f"step-{number}")
        seen.append(state(kernel))
    assert seen == ["delivered", "suspended", "delivered", "cancelled"]


def test_following_step_by_step_ends_where_starting_over_ends(kernel: Kernel) -> None:
    followed = tables(kernel)
    record(kernel, ServiceSuspended(order="order-1", ground="maintenance"), "halted")
    followed.follow(kernel.journal)
    before = followed.digest()
    followed.rebuild(kernel.journal)
    assert followed.digest() == before
    assert followed.size == kernel.journal.head().size


def test_a_correction_takes_back_what_the_corrected_fact_did(kernel: Kernel) -> None:
    record(kernel, OrderCancelled(order="order-1", reason="a slip"), "slip")
    assert state(kernel) == "cancelled"
    record(kernel, FactCorrected(corrects="slip", replacement=None, reason="another order was meant"), "mended")
    assert state(kernel) == "delivered"


def test_losing_the_file_loses_nothing(kernel: Kernel) -> None:
    before = tables(kernel).digest()
    for file in kernel.settings.home.glob(f"{FILE}*"):
        file.unlink()
    assert tables(kernel).digest() == before
