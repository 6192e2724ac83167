"""Coverage: how many of the probes that were due were made, read from the samples of availability."""

from typing import Final

from yunyue.catalog import Observed
from yunyue.services.monitor.entry import COVERAGE
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.services.windows import Reading
from yunyue.sla.evidence import BUCKET, Evidence, Tally


def made(observed: Observed) -> Evidence:
    """A probe that was made is good, whatever it found; one that was due and not made is not."""
    return Evidence(
        tuple(Tally(one.start, one.total + one.gaps, one.total) for one in observed.minutes),
        tuple(Tally(one.start, one.total + one.gaps, one.total, BUCKET) for one in observed.buckets),
    )


READINGS: Final = {COVERAGE: Reading(AVAILABILITY, made)}
