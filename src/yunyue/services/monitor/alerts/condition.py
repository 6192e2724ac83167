"""Whether a rule's condition holds now: yes, no, or None when too little is known to say. Whole numbers only."""

from typing import assert_never

from yunyue.services.monitor.alerts.history import MINUTE, History
from yunyue.services.monitor.alerts.rules import Absent, Below, Burn, Condition, Misses, Pair, Promql, Slow

WHOLE = 100_000


def holds(condition: Condition, history: History, now: int) -> bool | None:
    """Judge the history at `now` (ms)."""
    match condition:
        case Below():
            total, good = history.over(condition.minutes, now)
            return None if total < condition.least else good * WHOLE < condition.share * total
        case Slow():
            return _slow(condition, history)
        case Misses():
            return _misses(condition, history)
        case Absent():
            last = history.begun if history.last is None else history.last
            return None if last is None else now // MINUTE - last >= condition.minutes
        case Burn():
            return _burns(condition, history, now)
        case Promql():
            return None  # judged over the metrics, not over one instance's attempts
        case _:
            assert_never(condition)


def _slow(condition: Slow, history: History) -> bool | None:
    """The percentile by nearest rank: the smallest value that so many per cent do not exceed."""
    times = sorted([one.latency_us for one in history.newest if one.ok][-condition.of :])
    if len(times) < condition.of:
        return None
    rank = -(-condition.percentile * len(times) // 100)
    return times[rank - 1] > condition.ms * 1000


def _misses(condition: Misses, history: History) -> bool | None:
    newest = history.newest[-condition.m :]
    missed = sum(not one.ok and (not condition.errors or one.error in condition.errors) for one in newest)
    if missed >= condition.n:
        return True
    return None if len(newest) < condition.m else False


def _burns(condition: Burn, history: History, now: int) -> bool | None:
    found = [_too_fast(condition.target, one, history, now) for one in condition.pairs]
    return None if all(one is None for one in found) else any(found)


def _too_fast(target: int, pair: Pair, history: History, now: int) -> bool | None:
    """In both windows the share of failures exceeds the multiple of what the target allows."""
    verdicts = []
    for minutes in (pair.long, pair.short):
        total, good = history.over(minutes, now)
        if not total:
            return None
        verdicts.append((total - good) * WHOLE * 10 > pair.tenfold * (WHOLE - target) * total)
    return all(verdicts)
