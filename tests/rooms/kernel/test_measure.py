"""Closing a month, and what of an installation is judged by whom."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import contract_year
import pytest
from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.catalog import Sample
from yunyue.doors.work import ended_months
from yunyue.host.clock import BEIJING, VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.facts import MajeureBegan, MajeureEnded, SampleWindow, SegmentSealed
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.kernel import INSTALLATION
from yunyue.kernel.measure import close_month, seal
from yunyue.services.discovery import discover
from yunyue.store.series import Series


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Hosting]:
    """The contract year, in which a person recorded the monitoring order as delivered."""
    kernel = contract_year.tell(Settings(home=tmp_path))
    series = Series.open(tmp_path / "series")
    yield Hosting(kernel, discover().registry, series)
    series.close()
    kernel.close()


def sampled(hosting: Hosting, seq: int = 0) -> None:
    """One sample more in the tail."""
    milliseconds = int(hosting.kernel.clock.now().timestamp() * 1000) - 60_000
    taken = hosting.series.append([Sample("order-1", "availability", milliseconds, True, "", 900)], "test", 1, seq)
    assert taken == 1


def test_an_order_delivered_by_hand_does_not_keep_the_month_from_being_closed(hosting: Hosting) -> None:
    windows = len(hosting.kernel.facts(contract_year.CONTRACT))
    closed = close_month(hosting, contract_year.CONTRACT, "2024-05")
    assert not isinstance(closed, Refused)
    stated = hosting.kernel.facts(contract_year.CONTRACT)[windows:]
    assert [one for one in stated if isinstance(one.fact.data, SampleWindow)] == []


def test_a_month_outside_the_term_is_refused_with_the_term(hosting: Hosting) -> None:
    refused = close_month(hosting, contract_year.CONTRACT, "2023-05")
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("month", "C01")


def test_a_month_that_force_majeure_added_is_closed_like_any_other(hosting: Hosting) -> None:
    assert isinstance(hosting.kernel.clock, VirtualClock)
    hosting.kernel.clock.move(timedelta(days=110))
    assert hosting.kernel.clock.now().date() > date(2025, 1, 31)
    assert isinstance(close_month(hosting, contract_year.CONTRACT, "2025-01"), Refused)
    flood = [
        Happening(MajeureBegan(event="flood", about="flood"), datetime(2024, 7, 1, 9, tzinfo=BEIJING)),
        Happening(MajeureEnded(event="flood"), datetime(2024, 7, 11, 9, tzinfo=BEIJING)),
    ]
    assert not isinstance(hosting.kernel.record(contract_year.CONTRACT, flood, contract_year.RECORDER), Refused)
    assert not isinstance(close_month(hosting, contract_year.CONTRACT, "2025-01"), Refused)
    refused = close_month(hosting, contract_year.CONTRACT, "2025-02")
    assert isinstance(refused, Refused)
    assert refused.reason == "2025-02 is no month of the term 2024-04-11 to 2025-01-10"
    assert ended_months(hosting, contract_year.CONTRACT, date(2025, 2, 1))[-1] == "2025-01"


def test_a_sealed_segment_is_recorded_once_and_under_the_installation(hosting: Hosting) -> None:
    sampled(hosting)
    first = seal(hosting, force=True)
    again = seal(hosting, force=True)
    assert not isinstance(first, Refused)
    assert (len(first), again) == (1, ())
    known = [one.fact.data for one in hosting.kernel.facts(INSTALLATION)]
    assert [one for one in known if isinstance(one, SegmentSealed)] == list(first)


def test_a_segment_sealed_before_a_crash_is_recorded_after_it(hosting: Hosting) -> None:
    sampled(hosting)
    hosting.series.seal(hosting.kernel.clock.now(), force=True)
    recorded = seal(hosting)
    assert not isinstance(recorded, Refused)
    assert len(recorded) == 1


def test_no_contract_may_take_the_name_of_the_installation(hosting: Hosting) -> None:
    refused = hosting.kernel.register(replace(contract_year.terms(), id=INSTALLATION), Recorder("user:1", "/t"))
    assert isinstance(refused, Refused)
    assert refused.field == "contract.id"


def test_a_journal_without_its_keys_is_not_given_new_ones(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    kernel = contract_year.tell(settings)
    kernel.close()
    for key in (tmp_path / "keys").iterdir():
        key.unlink()
    refused = Kernel.open(settings)
    assert isinstance(refused, Refused)
    assert list((tmp_path / "keys").iterdir()) == []
