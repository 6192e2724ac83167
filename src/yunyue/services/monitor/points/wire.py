"""What a probe point and the platform say to each other: what to probe, what was found, and how the clocks stand."""

from typing import Annotated, Final

import msgspec

from yunyue.services.monitor.parameters import Probe

MOST_SAMPLES: Final = 1_000
PREFIX: Final = "/monitor/v1"

UNEVEN_MS: Final = 1_000
"""A clock that went on by so much more or less than time did was stepped."""

MOST_TRAVEL_MS: Final = 20_000
"""No message is longer under way: its sender gives up."""

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class Taken(msgspec.Struct, frozen=True, array_like=True):
    """One probe's outcome. `at`: by the point's clock (ms); `age`: ms that passed since, by a clock nobody can step, -1
    when the machine was started anew in between. `error`: empty for a success.
    """

    order: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    at: Milliseconds
    age: Annotated[int, msgspec.Meta(ge=-1, le=2**53 - 1)]
    error: Annotated[str, msgspec.Meta(max_length=40)]
    latency_us: Milliseconds


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Outcomes in their order; `seq` numbers the first within the point's epoch, from 0. `clock`: when it was sent, by
    the point's clock; `skew_ms`, `round_trip_ms`: as it measured them; `held`: outcomes it has yet to send.
    """

    epoch: Milliseconds
    seq: Milliseconds
    clock: Milliseconds
    skew_ms: Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)] = 0
    round_trip_ms: Milliseconds = 0
    held: Milliseconds = 0
    lost: Milliseconds = 0
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    samples: Annotated[tuple[Taken, ...], msgspec.Meta(max_length=MOST_SAMPLES)] = ()


class Receipt(msgspec.Struct, frozen=True):
    """Everything before `next` is durable here. `now`: our time (ms)."""

    next: int
    now: int


class Task(msgspec.Struct, frozen=True):
    """An order to probe."""

    order: str
    tenant: str
    probe: Probe


class Work(msgspec.Struct, frozen=True):
    """All a point has to do, and our time (ms)."""

    tasks: tuple[Task, ...]
    now: int


def moment(sample: Taken, batch: Batch, now: int) -> int:
    """When the probe began, by our clock (ms): by what the clocks differ, unless the point's was stepped; then by age.

    Nothing began later than it was told; a clock that says so is wrong.
    """
    by_clock = sample.at + batch.skew_ms
    by_age = now - batch.round_trip_ms // 2 - sample.age
    said = by_clock if sample.age < 0 or _steady(sample, batch, now) else by_age
    return max(0, min(said, now - max(0, sample.age)))


def _steady(sample: Taken, batch: Batch, now: int) -> bool:
    """Whether the point's clock went on evenly since the probe, and differs from ours as measured.

    An age alone would make a probe later by as long as the message was under way on a line or a machine that is busy.
    """
    went = batch.clock - sample.at - sample.age
    travelled = now - batch.clock - batch.skew_ms
    measured = batch.round_trip_ms > 0
    return measured and abs(went) <= UNEVEN_MS and -batch.round_trip_ms <= travelled <= MOST_TRAVEL_MS
