"""The platform's side of probe points: what is taken, how clocks are judged, what several points say together."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services_cast import T0, Script, TestHost, order

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.journal.facts import IncidentOpened
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.outcome import NotMade
from yunyue.services.monitor.points import quorum
from yunyue.services.monitor.points.clock import Skew
from yunyue.services.monitor.points.ingest import at_point, take, work_of
from yunyue.services.monitor.points.quorum import Board, Said, board, slot, verdict
from yunyue.services.monitor.points.register import Point, Points
from yunyue.services.monitor.points.spool import Spool
from yunyue.services.monitor.points.wire import Batch, Receipt, Taken, moment
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import AVAILABILITY, Schedule
from yunyue.services.monitor.service import service

GOOD, BAD, UNKNOWN = Said("", 5), Said("reset", 9), Said(GAP, 0)
NAMES = ("a", "b", "c")


def batch(*samples: Taken, seq: int = 0, epoch: int = 1, **more: int) -> Batch:
    return Batch(epoch=epoch, seq=seq, samples=samples, **{"clock": T0, **more})  # type: ignore[arg-type] # fields by name


def taken(order: str = "o1", at: int = T0, age: int = -1, error: str = "") -> Taken:
    return Taken(order, at, age, error, 7)


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    made = TestHost(tmp_path)
    asked = {"kind": "http", "target": "http://127.0.0.1:9/", "points": "a\nb\nc", "quorum": 2, "interval_s": 60}
    assert isinstance(service.provision(order("o1", "bureau", **asked), made), tuple)
    for name in NAMES:
        Points(made.folder).enrol(name, "", T0)
    return made


def who(host: TestHost, name: str = "a") -> Point:
    return next(one for one in Points(host.folder).all() if one.name == name)


class TestTake:
    def test_outcomes_are_kept_under_the_points_own_indicator(self, host: TestHost) -> None:
        receipt = take(who(host), batch(taken(), taken(error="reset")), host)
        assert isinstance(receipt, Receipt)
        assert receipt.next == 2
        assert [(one.indicator, one.error) for one in host.samples()] == [(at_point("a"), ""), (at_point("a"), "reset")]

    def test_a_batch_sent_again_is_acknowledged_and_stored_once(self, host: TestHost) -> None:
        first = take(who(host), batch(taken(), taken()), host)
        again = take(who(host), batch(taken(), taken(), taken()), host)
        assert isinstance(first, Receipt)
        assert isinstance(again, Receipt)
        assert again.next == 3
        assert len(host.samples()) == 3

    def test_numbers_left_out_and_an_older_epoch_are_refused(self, host: TestHost) -> None:
        assert isinstance(take(who(host), batch(taken(), seq=5), host), Refused)
        take(who(host), batch(taken(), epoch=9), host)
        assert isinstance(take(who(host), batch(taken(), epoch=8), host), Refused)

    def test_an_outcome_of_an_order_that_is_not_the_points_counts_nowhere(self, host: TestHost) -> None:
        take(who(host), batch(taken("o2"), taken("o1")), host)
        assert [one.indicator for one in host.samples("o2")] == ["unassigned@a"]
        assert len(host.samples("o1")) == 1, "what follows keeps its number"

    def test_an_outcome_from_before_its_order_was_made_counts_nowhere(self, host: TestHost) -> None:
        """A point can say any time it likes; the past before the order is made up, and stays out of old files."""
        take(who(host), batch(taken(at=5), taken("o2", at=5)), host)
        assert [(one.indicator, one.ts) for one in host.samples()] == [("unassigned@a", T0)]
        assert [one.ts for one in host.samples("o2")] == [T0]
        assert board(host.folder).of("o1", slot("o1", 60, T0)) == {}

    def test_an_error_nobody_knows_is_refused(self, host: TestHost) -> None:
        assert isinstance(take(who(host), batch(taken(error="fine, really")), host), Refused)

    def test_the_point_is_heard_with_its_clock_and_queue(self, host: TestHost) -> None:
        take(who(host), batch(skew_ms=-2_500, round_trip_ms=40, held=12, lost=3), host)
        found = who(host)
        assert (found.seen, found.skew_ms, found.held, found.lost, found.flagged) == (T0, -2_500, 12, 3, True)

    def test_an_ended_point_is_not_heard(self, host: TestHost) -> None:
        point = who(host)
        Points(host.folder).end("a", T0)
        assert isinstance(take(point, batch(), host), Refused)

    def test_a_full_disk_acknowledges_nothing(self, host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
        full = Refused("the disk is full; nothing of this batch was stored", "samples")
        monkeypatch.setattr(host.store, "append", lambda *_: full)
        assert take(who(host), batch(taken()), host) is full
        assert board(host.folder).of("o1", slot("o1", 60, T0)) == {}

    def test_a_point_is_told_its_own_work(self, host: TestHost) -> None:
        service.provision(order("o2", "bureau"), host)
        assert [one.order for one in work_of(who(host), host).tasks] == ["o1"]
        service.operate("o1", "pause", host)
        assert work_of(who(host), host).tasks == ()


class TestClock:
    def test_what_has_an_age_is_dated_by_our_clock_however_the_points_clock_goes(self) -> None:
        assert moment(taken(at=5, age=3_000), batch(round_trip_ms=20), T0) == T0 - 3_010

    def test_without_an_age_the_measured_difference_is_applied(self) -> None:
        assert moment(taken(at=T0 - 9_000), batch(skew_ms=4_000, round_trip_ms=20), T0) == T0 - 5_000

    def test_nothing_was_found_in_the_future(self) -> None:
        assert moment(taken(at=T0 + 9_000), batch(), T0) == T0

    def test_a_message_long_under_way_makes_no_outcome_later(self) -> None:
        sent = batch(clock=T0 - 6_000, skew_ms=2_000, round_trip_ms=20)
        assert moment(taken(at=T0 - 9_000, age=3_000), sent, T0) == T0 - 7_000

    @pytest.mark.parametrize("stepped", [-3_600_000, -5_000, 5_000, 3_600_000])
    def test_a_clock_stepped_since_the_probe_is_not_believed(self, stepped: int) -> None:
        sent = batch(clock=T0 + stepped, round_trip_ms=20)
        assert moment(taken(at=T0 - 3_000, age=3_000), sent, T0) == T0 - 3_010

    @pytest.mark.parametrize("off", [-3_600_000, 5_000, 3_600_000])
    def test_nor_one_that_differs_by_more_than_was_measured(self, off: int) -> None:
        sent = batch(clock=T0 + off, round_trip_ms=20)
        assert moment(taken(at=T0 + off - 3_000, age=3_000), sent, T0) == T0 - 3_010

    def test_the_quickest_exchange_is_believed(self) -> None:
        skew = Skew()
        skew.exchanged(1_000, 6_100, 1_400)
        skew.exchanged(2_000, 7_005, 2_010)
        assert skew.best == (5_000, 10)

    def test_a_step_of_the_clock_is_noticed_at_once(self) -> None:
        skew = Skew()
        skew.exchanged(1_000, 6_005, 1_010)
        skew.exchanged(3_600_000, 7_010, 3_600_020)
        assert skew.best[0] == 7_010 - 3_600_010


class TestVerdict:
    @pytest.mark.parametrize(
        ("said", "error"),
        [
            ({"a": GOOD, "b": GOOD, "c": GOOD}, ""),
            ({"a": GOOD, "b": BAD, "c": GOOD}, ""),
            ({"a": BAD, "b": BAD}, "reset"),
            ({"a": GOOD, "b": GOOD}, ""),
        ],
    )
    def test_it_falls_once_nothing_missing_can_change_it(self, said: dict[str, Said], error: str) -> None:
        found = verdict(said, NAMES, 2)
        assert found is not None
        assert found.error == error

    @pytest.mark.parametrize("said", [{}, {"a": GOOD}, {"a": BAD}, {"a": GOOD, "b": BAD}, {"a": BAD, "b": UNKNOWN}])
    def test_it_does_not_fall_before(self, said: dict[str, Said]) -> None:
        assert verdict(said, NAMES, 2) is None

    def test_who_was_not_asked_has_no_say(self) -> None:
        assert verdict({"x": BAD, "y": BAD}, NAMES, 2) is None

    @given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from([GOOD, BAD, UNKNOWN])), st.integers(1, 3))
    def test_what_more_points_say_never_turns_a_verdict(self, said: dict[str, Said], needed: int) -> None:
        before = verdict(said, NAMES, needed)
        for missing in set(NAMES) - set(said):
            for more in (GOOD, BAD, UNKNOWN):
                after = verdict({**said, missing: more}, NAMES, needed)
                assert before is None or (after is not None and after.ok == before.ok)

    @given(st.lists(st.sampled_from([GOOD, BAD]), min_size=3, max_size=3), st.integers(1, 3))
    def test_with_all_heard_it_counts_failures(self, said: list[Said], needed: int) -> None:
        found = verdict(dict(zip(NAMES, said, strict=True)), NAMES, needed)
        assert found is not None
        assert found.ok == (said.count(BAD) < needed)

    def test_the_board_keeps_the_newest_moments_only(self) -> None:
        here = Board()
        for number in range(10):
            here.put("o1", 60, "a", T0 + number * 60_000, GOOD)
        assert len(here.moments["o1"]) == quorum.KEPT
        assert here.of("o1", slot("o1", 60, T0 + 540_000)) == {"a": GOOD}


def drive(host: TestHost, errors: dict[str, str], monkeypatch: pytest.MonkeyPatch, minutes: int = 2) -> list[str]:
    """The verdicts of some minutes in which each point reports its error, "-" for nothing."""
    monkeypatch.setattr(quorum, "LOOK_S", 0.001)
    monkeypatch.setattr(quorum, "BEFORE_NEXT_S", 59.95)

    async def run() -> None:
        recorder = Recorder(host, 1)
        schedule = Schedule(host, Instances(host.folder), recorder, Script(""))
        await schedule.tick()
        for number in range(minutes):
            host.forward(60)
            due = slot("o1", 60, T0 + (number + 1) * 60_000)
            for name, error in errors.items():
                if error != "-":
                    sent = batch(taken(at=due, error=error), seq=number)
                    assert isinstance(take(who(host, name), sent, host), Receipt)
            await schedule.tick()
            await schedule.settle()
        await recorder.flush()
        await schedule.close()

    asyncio.run(run())
    return [one.error for one in host.samples() if one.indicator == AVAILABILITY]


def test_a_failure_two_of_three_points_see_is_a_failure_and_an_incident(
    host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drive(host, {"a": "reset", "b": "reset", "c": ""}, monkeypatch) == ["reset", "reset"]
    assert isinstance(host.reports[0][1], IncidentOpened)


def test_a_failure_one_of_three_points_sees_is_none(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drive(host, {"a": "reset", "b": "", "c": ""}, monkeypatch) == ["", ""]


def test_a_silent_point_changes_nothing_while_the_others_agree(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drive(host, {"a": "", "b": "", "c": "-"}, monkeypatch) == ["", ""]


def test_too_few_points_are_a_gap_and_no_success(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drive(host, {"a": "", "b": "-", "c": "-"}, monkeypatch) == [GAP, GAP]


class TestSpool:
    def test_what_was_found_comes_back_in_order_until_it_is_acknowledged(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path, 1)
        spool.found([taken("a"), taken("b")], 100, "x")
        seq, found = spool.oldest(100, "x")
        assert (seq, [one.order for one in found]) == (0, ["a", "b"])
        spool.acknowledged(1)
        assert [one.order for one in spool.oldest(100, "x")[1]] == ["b"]
        spool.acknowledged(2)
        assert spool.oldest(100, "x") == (2, ())

    def test_numbers_and_epoch_outlive_a_start(self, tmp_path: Path) -> None:
        Spool(tmp_path, 1).found([taken()], 100, "x")
        Spool(tmp_path, 2).acknowledged(1)
        again = Spool(tmp_path, 3)
        again.found([taken()], 100, "x")
        assert (again.epoch, again.oldest(100, "x")[0]) == (1, 1)

    def test_ages_grow_while_it_waits_and_end_with_the_machines_run(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path, 1)
        spool.found([taken(age=500)], 10_000, "x")
        assert spool.oldest(14_000, "x")[1][0].age == 4_500
        assert spool.oldest(100, "y")[1][0].age == -1

    def test_what_has_no_room_is_counted_and_what_was_taken_stays(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path, 1, most=3)
        spool.found([taken(str(number)) for number in range(5)], 100, "x")
        assert (spool.held, spool.lost) == (3, 2)
        assert [one.order for one in spool.oldest(100, "x")[1]] == ["0", "1", "2"]
        spool.acknowledged(1)
        spool.found([taken("new")], 100, "x")
        assert [one.order for one in spool.oldest(100, "x")[1]] == ["1", "2", "new"]

    def test_messages_of_metrics_are_sent_oldest_first(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path, 1)
        spool.measured(b"one", 1)
        spool.measured(b"two", 2)
        first = spool.next_message()
        assert first is not None
        assert first[1] == b"one"
        spool.delivered(first[0])
        assert spool.next_message() == (2, b"two")


class TestOrders:
    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"quorum": 2}, "quorum"),
            ({"points": "a", "quorum": 2}, "quorum"),
            ({"points": "a b"}, "points"),
            ({"points": "a", "interval_s": 2, "timeout_ms": 1_000}, "interval_s"),
            ({"points": "a", "kind": "postgres", "target": "127.0.0.1:9", "login": "x"}, "points"),
        ],
    )
    def test_points_that_could_never_agree_are_refused(
        self, tmp_path: Path, asked: dict[str, object], field: str
    ) -> None:
        wanted = {"kind": "http", "target": "http://127.0.0.1:9/", **asked}
        refused = service.provision(order("o1", "bureau", **wanted), TestHost(tmp_path))
        assert isinstance(refused, Refused)
        assert field in str(refused)

    def test_a_message_that_is_too_large_or_odd_is_no_batch(self) -> None:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"epoch": 1, "seq": 0, "clock": 1, "extra": 1}', type=Batch)
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"epoch": 1, "seq": -1, "clock": 1}', type=Batch)

    def test_an_undecided_moment_says_who_is_missing(self, host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(quorum, "BEFORE_NEXT_S", 60)
        (instance,) = Instances(host.folder).all()
        with pytest.raises(NotMade, match="a, b, c"):
            asyncio.run(quorum.decide(instance, T0, host, lambda: Script("")(instance.probe, None)))  # type: ignore[arg-type] # unused
