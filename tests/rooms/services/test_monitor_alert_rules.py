"""Rules of alerts: when each holds, how an alert lives, and what a file of rules may say."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services_cast import MINUTE, T0

from yunyue.answer import Refused
from yunyue.catalog import GAP, Count, Sample
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.condition import holds
from yunyue.services.monitor.alerts.history import LONGEST, History
from yunyue.services.monitor.alerts.rota import Rota
from yunyue.services.monitor.alerts.rules import (
    Absent,
    Below,
    Burn,
    Condition,
    Escalation,
    Misses,
    Pair,
    Rule,
    Silence,
    Slow,
)
from yunyue.services.monitor.alerts.state import CALM_MS, State, Turn, escalate, step
from yunyue.workdays import STATE_COUNCIL


def history(*errors: str, every: int = MINUTE, latency_us: int = 1_000) -> History:
    """An attempt a minute from T0 on; an empty error is a success."""
    made = History()
    for number, error in enumerate(errors):
        made.add(Sample("o1", "availability", T0 + number * every, not error, error, latency_us))
    return made


def now(minutes: int) -> int:
    return T0 + minutes * MINUTE


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "errors", "held"),
        [
            (Below(4, 75_000), ["", "", "", "reset"], False),
            (Below(4, 75_001), ["", "", "", "reset"], True),
            (Below(1, 50_000), ["reset", "reset", "reset", ""], False),
            (Below(4, 99_000, least=5), ["reset"] * 4, None),
            (Misses(2, 3), ["reset", "reset", "", ""], False),
            (Misses(2, 3), ["", "reset", "", "reset"], True),
            (Misses(2, 9), ["reset", "", "reset"], True),
            (Misses(3, 9), ["reset", "", "reset"], None),
            (Misses(1, 1, ("expires_soon",)), ["expires_soon"], True),
            (Misses(1, 1, ("expires_soon",)), ["reset"], False),
            (Slow(95, 1, of=4), ["", "", "", ""], False),
            (Slow(95, 1, of=5), ["", "", "", ""], None),
        ],
    )
    def test_each_kind_holds_when_it_says(self, condition: Condition, errors: list[str], held: bool | None) -> None:
        assert holds(condition, history(*errors), now(len(errors) - 1)) is held

    def test_a_gap_is_no_attempt(self) -> None:
        assert holds(Misses(1, 1), history(GAP, GAP), now(1)) is None
        assert holds(Absent(2), history("", GAP, GAP, GAP), now(3)) is True

    def test_absence_begins_when_nothing_came_for_so_many_minutes(self) -> None:
        assert holds(Absent(3), history(""), now(2)) is False
        assert holds(Absent(3), history(""), now(3)) is True
        assert holds(Absent(3), History(), now(3)) is None

    def test_a_percentile_looks_at_good_attempts_alone(self) -> None:
        made = history("", "", "", latency_us=500_000)
        made.add(Sample("o1", "availability", now(3), False, "read_timeout", 9_000_000))
        assert holds(Slow(100, 499, of=3), made, now(3)) is True
        assert holds(Slow(100, 500, of=3), made, now(3)) is False

    def test_a_budget_burns_too_fast_only_in_both_windows(self) -> None:
        """99 %: one failure in a hundred is allowed. Ten times that, over an hour and over five minutes."""
        fast = Burn(99_000, (Pair(60, 5, 100),))
        assert holds(fast, history(*[""] * 50, *["reset"] * 10), now(59)) is True
        assert holds(fast, history(*["reset"] * 10, *[""] * 50), now(59)) is False
        assert holds(fast, history(*[""] * 58, *["reset"] * 2), now(59)) is False

    def test_what_was_before_the_start_counts(self) -> None:
        made = History()
        made.fill([Count(now(minute), 10, 5, 0) for minute in range(60)])
        assert holds(Burn(99_000, (Pair(60, 5, 100),)), made, now(59)) is True

    @given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60), st.integers(1, 40), st.integers(0, 40))
    def test_sums_over_a_window_are_those_of_its_samples_in_whatever_order_they_came(
        self, attempts: list[tuple[int, bool]], width: int, at: int
    ) -> None:
        made = History()
        for minute, ok in attempts:
            made.add(Sample("o1", "availability", now(minute) + 7, ok, "" if ok else "reset", 1))
        inside = [ok for minute, ok in attempts if at - width < minute]
        assert made.over(width, now(at)) == (len(inside), sum(inside))

    def test_only_what_a_rule_may_look_at_is_kept(self) -> None:
        made = history(*[""] * (2 * LONGEST + 1))
        assert made.over(LONGEST, now(2 * LONGEST)) == (LONGEST, LONGEST)
        assert len(made._minutes) <= 2 * LONGEST


def lived(rule: Rule, *held: bool | None, every_s: int = 60) -> list[tuple[int, Turn]]:
    """The turns of an alert whose condition is judged like this, once a minute from minute 0 on."""
    state, turns = State(), []
    for number, one in enumerate(held):
        state, turn = step(state, rule, one, T0 + number * every_s * 1000)
        if turn:
            turns.append((number, turn))
    return turns


class TestLife:
    rule = Rule(name="down", when=Misses(1, 1), channels=(), pending=120, clear=120)

    def test_it_fires_after_it_was_pending_and_is_over_after_it_was_calm(self) -> None:
        turns = lived(self.rule, *[True] * 4, *[False] * 4)
        assert turns == [(2, "firing"), (5, "resolved")]

    def test_a_short_trouble_never_fires(self) -> None:
        assert lived(self.rule, True, True, False, True, True, False) == []

    def test_not_knowing_changes_nothing(self) -> None:
        assert lived(self.rule, True, True, True, None, None, None, None) == [(2, "firing")]

    def test_a_short_calm_does_not_end_it(self) -> None:
        assert lived(self.rule, True, True, True, False, True, False, True) == [(2, "firing")]

    def test_one_that_fires_again_and_again_is_over_only_after_half_an_hour_of_calm(self) -> None:
        nervous = Rule(name="down", when=Misses(1, 1), channels=(), clear=0)
        turns = lived(nervous, *[True, False] * 20, *[False] * 60)
        assert [turn for _, turn in turns] == ["firing", "resolved", "firing", "resolved", "firing", "resolved"]
        assert turns[-1][0] - 38 == CALM_MS // MINUTE

    @given(st.lists(st.sampled_from([True, False, None]), max_size=100))
    def test_firing_and_resolved_alternate(self, held: list[bool | None]) -> None:
        turns = [turn for _, turn in lived(self.rule, *held)]
        assert turns == (["firing", "resolved"] * len(turns))[: len(turns)]


class TestFile:
    RIGHT = (
        b'{"rules": [{"name": "down", "when": {"kind": "misses", "n": 2, "m": 3}, "channels": ["hook"]}],'
        b' "channels": [{"kind": "webhook", "name": "hook", "url": "https://a.cn/x", "secret": "0123456789abcdef"}]}'
    ).replace(b'"kind"', b'"type"')

    def test_it_is_kept_as_a_whole_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        saved = config.save(tmp_path, self.RIGHT)
        assert saved == config.load(tmp_path)
        assert config.path(tmp_path).stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            (b'["hook"]', b'["pager"]', "down tells pager, which is no channel"),
            (b'"n": 2', b'"n": 4', "4 of the last 3 can never fail"),
            (b"0123456789abcdef", b"short", "at least 16 characters"),
            (b"https://a.cn/x", b"ftp://a.cn/x", "https://"),
            (b'"name": "down"', b'"name": "Down!"', "matching regex"),
            (b'"n": 2', b'"n": 2, "x": 1', "unknown field `x`"),
        ],
    )
    def test_one_that_is_not_right_is_refused_with_the_rule_and_changes_nothing(
        self, tmp_path: Path, old: bytes, new: bytes, reason: str
    ) -> None:
        config.save(tmp_path, self.RIGHT)
        refused = config.save(tmp_path, self.RIGHT.replace(old, new))
        assert isinstance(refused, Refused)
        assert reason in refused.reason
        assert config.load(tmp_path) == config.understand(self.RIGHT)

    def test_a_silence_says_who_and_why_and_ends_after_it_starts(self) -> None:
        silence = Silence(name="move", start=T0, end=now(10), who="user:7", why="the site moves", instance="o1")
        assert silence.covers("down", "o1", now(9))
        assert not silence.covers("down", "o1", now(10))
        assert not silence.covers("down", "o2", now(5))
        with pytest.raises(ValueError, match="ends later than it starts"):
            msgspec.structs.replace(silence, end=T0)


class TestDuty:
    rota = Rota(name="duty", turns=("ann", "bo", "cy"), first=date(2024, 6, 3), days=7)

    @pytest.mark.parametrize(
        ("day", "told"), [("2024-06-03", "ann"), ("2024-06-09", "ann"), ("2024-06-10", "bo"), ("2024-06-02", "cy")]
    )
    def test_people_take_turns(self, day: str, told: str) -> None:
        assert self.rota.on_duty(date.fromisoformat(day), STATE_COUNCIL) == (told,)

    @pytest.mark.parametrize(
        ("day", "told"),
        [("2024-06-08", "night"), ("2024-06-10", "night"), ("2024-05-11", "ann"), ("2024-06-11", "bo")],
    )
    def test_on_days_that_are_no_working_days_others_are_told(self, day: str, told: str) -> None:
        """A Saturday, the Dragon Boat Festival on a Monday, a Saturday that is worked, a Tuesday."""
        holidays = Rota(name="duty", turns=("ann", "bo"), first=date(2024, 6, 3), holidays=("night",), days=7)
        assert holidays.on_duty(date.fromisoformat(day), STATE_COUNCIL)[0] in (told, "bo")
        assert (holidays.on_duty(date.fromisoformat(day), STATE_COUNCIL) == ("night",)) == (told == "night")

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 31))
    def test_after_a_whole_round_the_same_one_is_on_duty(self, day: date, days: int) -> None:
        rota = msgspec.structs.replace(self.rota, days=days)
        assert rota.on_duty(day, STATE_COUNCIL) == rota.on_duty(day + timedelta(days=3 * days), STATE_COUNCIL)

    def test_each_step_of_an_escalation_is_taken_once_while_the_alert_fires(self) -> None:
        rule = Rule(
            name="down", when=Misses(1, 1), channels=(), escalate=(Escalation(5, ("boss",)), Escalation(10, ("head",)))
        )
        state, told = State(since=T0, held=T0, firing=T0), []
        for minute in range(15):
            state, more = escalate(state, rule, now(minute))
            told += [(minute, one) for one in more]
        assert told == [(5, "boss"), (10, "head")]
        assert escalate(State(), rule, now(60)) == (State(), ())
