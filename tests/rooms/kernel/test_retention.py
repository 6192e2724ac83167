"""Samples go after whole calendar months, never before six, never under a hold; what went is on record, proofs stay."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import contract_year
import pytest
from contract_year import CONTRACT, RECORDER

from yunyue.answer import Refused
from yunyue.catalog import Sample
from yunyue.host.clock import VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.envelope import BEIJING, understand
from yunyue.journal.facts import DocumentDestroyed, FactCorrected, HoldLifted, HoldPlaced, SegmentSealed
from yunyue.kernel import Happening, Kernel
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.inclusion import Inclusion, covering, under
from yunyue.kernel.kernel import INSTALLATION
from yunyue.kernel.measure import seal
from yunyue.kernel.retention import cutoff, expire, months_kept
from yunyue.services.discovery import discover
from yunyue.store.series import Series

OLD = datetime(2024, 4, 10, 12, tzinfo=BEIJING)


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Hosting]:
    """On 2024-10-20, with a file of samples from April and one from October."""
    kernel = contract_year.tell(Settings(home=tmp_path, keep_months=6))
    series = Series.open(tmp_path / "series")
    made = Hosting(kernel, discover().registry, series)
    for number, day in enumerate((OLD, kernel.clock.now() - timedelta(days=2))):
        milliseconds = int(day.timestamp() * 1000)
        series.append([Sample("order-1", "availability", milliseconds, True, "", 900)], "test", 1, number)
        assert not isinstance(seal(made, force=True), Refused)
    yield made
    series.close()
    kernel.close()


def facts(kernel: Kernel, kind: type) -> list[object]:
    return [one.fact.data for one in kernel.facts(INSTALLATION) if isinstance(one.fact.data, kind)]


def held(hosting: Hosting, *said: HoldPlaced | HoldLifted) -> None:
    now = hosting.kernel.clock.now()
    for index, one in enumerate(said):
        done = hosting.kernel.record(CONTRACT, [Happening(one, now, f"{one.type}-{one.hold}-{index}")], RECORDER)
        assert not isinstance(done, Refused), done


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [
        ("2026-11-23T12:00", 6, "2026-05-01"),
        ("2026-11-01T00:00", 6, "2026-05-01"),
        ("2026-10-31T23:59", 6, "2026-04-01"),
        ("2026-01-15T00:00", 6, "2025-07-01"),
        ("2026-06-30T00:00", 12, "2025-06-01"),
        ("2026-11-23T12:00", 1, "2026-05-01"),
    ],
)
def test_so_many_whole_calendar_months_lie_between(now: str, months: int, before: str) -> None:
    found = cutoff(datetime.fromisoformat(now).replace(tzinfo=BEIJING), months)
    assert found.isoformat() == f"{before}T00:00:00+08:00"


def test_a_month_too_young_stays(hosting: Hosting) -> None:
    assert expire(hosting) == ()
    assert len(hosting.series.sealed()) == 2


class TestAMonthLater:
    @pytest.fixture(autouse=True)
    def november(self, hosting: Hosting) -> None:
        clock = hosting.kernel.clock
        assert isinstance(clock, VirtualClock)
        clock.move(timedelta(days=20))

    def test_the_old_file_goes_and_a_fact_says_so(self, hosting: Hosting) -> None:
        (gone,) = _went(expire(hosting))
        (said,) = facts(hosting.kernel, DocumentDestroyed)
        assert isinstance(said, DocumentDestroyed)
        assert (said.digest, said.reason) == (gone.digest, "seg-0-1: samples are kept 6 months")
        assert [one.segment for one in hosting.series.sealed()] == ["seg-1-1"]
        assert expire(hosting) == ()
        assert len(facts(hosting.kernel, DocumentDestroyed)) == 1

    def test_the_proof_of_its_seal_still_holds(self, hosting: Hosting) -> None:
        kernel = hosting.kernel
        kernel.publish()
        before = _included(hosting, "sealed-seg-0-1")
        assert len(_went(expire(hosting))) == 1
        assert _included(hosting, "sealed-seg-0-1") == before
        kernel.publish()
        after = _included(hosting, "sealed-seg-0-1")
        assert (after.holds, after.leaf, after.index) == (True, before.leaf, before.index)
        assert after.head.size > before.head.size

    @pytest.mark.parametrize("covers", ["everything", "logs"])
    def test_a_hold_keeps_it_until_it_is_lifted(self, hosting: Hosting, covers: str) -> None:
        held(hosting, HoldPlaced(hold="h-1", covers=covers, reason="court"))  # type: ignore[arg-type]  # both are kinds
        refused = expire(hosting)
        assert isinstance(refused, Refused)
        assert "legal hold h-1" in refused.reason
        assert len(hosting.series.sealed()) == 2
        held(hosting, HoldLifted(hold="h-1"))
        assert len(_went(expire(hosting))) == 1

    def test_a_lifting_that_was_corrected_lifts_nothing(self, hosting: Hosting) -> None:
        held(hosting, HoldPlaced(hold="h-1", covers="logs", reason="court"), HoldLifted(hold="h-1"))
        wrong = FactCorrected(corrects="hold.lifted-h-1-1", replacement=None, reason="another matter was closed")
        corrected = [Happening(wrong, hosting.kernel.clock.now())]
        assert not isinstance(hosting.kernel.record(CONTRACT, corrected, RECORDER), Refused)
        refused = expire(hosting)
        assert isinstance(refused, Refused)
        assert "legal hold h-1" in refused.reason
        assert len(hosting.series.sealed()) == 2

    def test_samples_stay_as_long_as_a_contract_asks_for_its_logs(self, hosting: Hosting) -> None:
        now = hosting.kernel.clock.now()
        longer = {"path": "papers.log_months", "value": "7"}
        days = ("effective", "client_signed", "client_sealed", "provider_signed", "provider_sealed")
        values = {"supplement": "s-1", "document": "sha256:" + "0" * 64, "changes": (longer,)}
        said = understand("contract.supplemented", {**values, **dict.fromkeys(days, now.date().isoformat())})
        assert not isinstance(said, Refused), said
        assert not isinstance(hosting.kernel.record(CONTRACT, [Happening(said, now)], RECORDER), Refused)
        assert months_kept(hosting) == 7
        assert _went(expire(hosting)) == ()

    def test_a_hold_over_papers_keeps_no_samples(self, hosting: Hosting) -> None:
        held(hosting, HoldPlaced(hold="h-1", covers="papers", reason="court"))
        assert len(_went(expire(hosting))) == 1

    def test_a_file_no_fact_seals_yet_stays(self, hosting: Hosting) -> None:
        milliseconds = int(OLD.timestamp() * 1000)
        hosting.series.prune(OLD - timedelta(days=400))
        late = Sample("order-1", "availability", milliseconds, True, "", 900)
        series = Series.open(hosting.kernel.settings.home / "other")
        series.append([late], "late", 1, 0)
        series.seal(hosting.kernel.clock.now(), force=True)
        refused = expire(Hosting(hosting.kernel, hosting.registry, _renamed(series)))
        series.close()
        assert isinstance(refused, Refused)
        assert "no fact seals" in refused.reason


def _included(hosting: Hosting, identifier: str) -> Inclusion:
    recorded = hosting.kernel.journal.find(identifier)
    head = covering(hosting.kernel, 1)
    assert recorded is not None
    assert not isinstance(head, Refused)
    return under(hosting.kernel, recorded.sequence, head)


def _renamed(series: Series) -> Series:
    """A second file follows, so that its name is none of those on record."""
    milliseconds = int(OLD.timestamp() * 1000)
    batch = [Sample("order-1", "availability", milliseconds + n, True, "", 900) for n in range(5)]
    series.append(batch, "late", 1, 1)
    series.seal(OLD, force=True)
    return series


def _went(answer: tuple[SegmentSealed, ...] | Refused) -> tuple[SegmentSealed, ...]:
    assert not isinstance(answer, Refused), answer
    return answer
