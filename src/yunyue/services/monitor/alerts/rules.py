"""Rules as data: when samples are an alert, how long before it fires and before it is over, and who is told."""

from typing import Annotated

import msgspec

from yunyue.services.monitor.metrics.promql.parse import parse
from yunyue.services.monitor.metrics.promql.tree import is_scalar

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$(?!\n)")]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=4_320)]
Per100k = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
"""A share in 1/1000 of a percent: 99,900 is 99.9 %. Whole numbers, so that no rule depends on rounding."""

EVERY = "*"


class Below(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="below"):
    """Less than `share` of the attempts of the last `minutes` succeeded; at least `least` attempts were made."""

    minutes: Minutes
    share: Per100k
    least: Annotated[int, msgspec.Meta(ge=1)] = 1


class Slow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="slow"):
    """The `percentile`-th percentile of the latency of the last `of` good attempts is above `ms`."""

    percentile: Annotated[int, msgspec.Meta(ge=1, le=100)]
    ms: Annotated[int, msgspec.Meta(ge=1)]
    of: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


class Misses(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="misses"):
    """At least `n` of the last `m` attempts failed; `errors` limits it to some failures, such as expires_soon."""

    n: Annotated[int, msgspec.Meta(ge=1, le=100)]
    m: Annotated[int, msgspec.Meta(ge=1, le=100)]
    errors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError when it could never hold."""
        if self.n > self.m:
            raise ValueError(f"n: {self.n} of the last {self.m} can never fail")


class Absent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="absent"):
    """No attempt was made for `minutes`; a gap is no attempt."""

    minutes: Minutes


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A long and a short window (minutes) and the multiple of the sustainable rate that is too fast in both."""

    long: Minutes
    short: Minutes
    tenfold: Annotated[int, msgspec.Meta(ge=1)]
    """The multiple, times ten."""


USUAL_PAIRS = (Pair(60, 5, 144), Pair(360, 30, 60), Pair(4_320, 360, 10))
"""2 % of a month's budget in an hour, 5 % in six, 10 % in three days (Google, The Site Reliability Workbook, ch. 5)."""


class Burn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="burn"):
    """The error budget of `target` is spent too fast, in the long and in the short window of one of the pairs.

    Target 0 is the contract's own objective of availability.
    """

    target: Annotated[int, msgspec.Meta(ge=0, le=99_999)] = 0
    pairs: tuple[Pair, ...] = USUAL_PAIRS


class Promql(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="promql"):
    """Each series the expression gives is an alert, as with Prometheus; `metrics.promql` says what may be written."""

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]

    def __post_init__(self) -> None:
        """Raises ValueError with the place of what is no expression of ours, or one that is a bare number."""
        if is_scalar(parse(self.query)):
            raise ValueError("query: a number by itself is no condition")


Condition = Below | Slow | Misses | Absent | Burn | Promql


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to tell too when an alert still fires so many minutes after it began."""

    after: Minutes
    channels: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`channels` are names of channels or rotas; `instance` is an order's id, or * for every one.

    Severity 1 (outage) to 4 (question), as in the SLA's table.

    The condition must hold for `pending` seconds before the alert fires, and be gone for `clear` seconds before it is
    over. An alert that fired three times within an hour flaps: it is over only after half an hour of calm.
    """

    name: Name
    when: Condition
    channels: tuple[Name, ...]
    instance: str = EVERY
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    pending: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0
    clear: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 60
    escalate: tuple[Escalation, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError when a later step would come before an earlier one."""
        steps = [one.after for one in self.escalate]
        if steps != sorted(set(steps)):
            raise ValueError("escalate: each step comes later than the one before")

    def covers(self, instance: str) -> bool:
        """Whether it is about this instance."""
        return self.instance in (EVERY, instance)


class Silence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From `start` up to `end` (ms) nobody is told of these alerts. They are recorded all the same; who and why too."""

    name: Name
    start: int
    end: int
    who: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    why: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    instance: str = EVERY
    rule: str = EVERY

    def __post_init__(self) -> None:
        """Raises ValueError when it ends before it starts."""
        if self.end <= self.start:
            raise ValueError("end: a silence ends later than it starts")

    def covers(self, rule: str, instance: str, now: int) -> bool:
        """Whether it silences this alert at this moment (ms)."""
        return self.start <= now < self.end and self.instance in (EVERY, instance) and self.rule in (EVERY, rule)
