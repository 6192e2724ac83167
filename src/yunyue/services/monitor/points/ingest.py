"""Takes in what a probe point sends: durable before it is acknowledged, each outcome once, none for orders not its own.

An outcome lies in the series under the order, with the indicator availability@<point>: evidence of that point alone,
which counts in no SLA by itself; the verdict over all points does.
"""

import hashlib
from pathlib import Path
from typing import Final, get_args

from yunyue.answer import Refused
from yunyue.catalog import GAP, Host, Sample
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.outcome import Error
from yunyue.services.monitor.points.quorum import Said, board
from yunyue.services.monitor.points.register import Heard, Point, Points
from yunyue.services.monitor.points.wire import UNEVEN_MS, Batch, Receipt, Taken, Task, Work, moment
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.span import milliseconds

KNOWN: Final = frozenset((*get_args(Error), "", GAP))
FOREIGN: Final = "unassigned"
"""The indicator of outcomes that are not the point's to tell: kept in their place in the sequence, never counted."""


def at_point(point: str) -> str:
    """The indicator of one point's outcomes."""
    return f"{AVAILABILITY}@{point}"


def work_of(point: Point, host: Host) -> Work:
    """What the point has to do now."""
    tasks = tuple(Task(one.order, one.tenant, one.probe) for one in _orders(point, host).values())
    return Work(tasks, milliseconds(host.now()))


def take(point: Point, batch: Batch, host: Host) -> Receipt | Refused:
    """Store a batch and hear the point. Refused: an older epoch, numbers left out, an unknown error, a full disk."""
    now = milliseconds(host.now())
    strange = next((one.error for one in batch.samples if one.error not in KNOWN), None)
    if strange is not None:
        return Refused(f"there is no error {strange!r}", "samples.error", "C37")
    orders = _orders(point, host)
    samples = [_sample(one, batch, (point, now), orders) for one in batch.samples]
    folder = Path(host.folder)
    kept = host.series.append(samples, _producer(folder, point), batch.epoch, batch.seq)
    if isinstance(kept, Refused):
        return kept
    skew = batch.skew_ms if batch.round_trip_ms else now - batch.clock
    said = Heard(skew, batch.round_trip_ms, batch.held, batch.lost, batch.version)
    heard = Points(folder).hear(point.name, said, now)
    if isinstance(heard, Refused):
        return heard
    for one in samples[len(samples) - kept :]:
        _post(one, point, orders, folder)
    return Receipt(batch.seq + len(samples), now)


def _sample(one: Taken, batch: Batch, who: tuple[Point, int], orders: dict[str, Instance]) -> Sample:
    """An outcome from before its order was made is nobody's: a clock, or a person, made that time up."""
    point, now = who
    at, known = moment(one, batch, now), orders.get(one.order)
    if known is None or at < known.made - UNEVEN_MS:
        ours = max(at, point.made)  # one sample of 1970 would have every sealed file after it looked through
        return Sample(one.order, f"{FOREIGN}@{point.name}", ours, one.error == "", one.error, one.latency_us)
    return Sample(one.order, at_point(point.name), at, one.error == "", one.error, one.latency_us)


def _post(sample: Sample, point: Point, orders: dict[str, Instance], folder: Path) -> None:
    found = orders.get(sample.instance)
    if found is not None and sample.indicator == at_point(point.name):
        said = Said(sample.error, sample.latency_us)
        board(folder).put(sample.instance, found.probe.interval_s, point.name, sample.ts, said)


def _orders(point: Point, host: Host) -> dict[str, Instance]:
    found = Instances(Path(host.folder)).all()
    return {one.order: one for one in found if one.state == "running" and point.name in one.probe.points_named}


def _producer(folder: Path, point: Point) -> str:
    """One enrolment of one point of one contract; a point enrolled anew begins anew."""
    place = hashlib.sha256(folder.resolve().__fspath__().encode()).hexdigest()[:16]
    return f"point:{place}:{point.name}:{point.made}"
