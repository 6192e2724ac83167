"""Which failures are worth another try, and when: by class, as they were seen.

input: never, the film will not get better. limit: never, and the reason says which. infrastructure: three times, each
after a longer pause. engine: once more with a single thread, since most crashes of encoders are races.
"""

from dataclasses import dataclass
from typing import Final

from yunyue.services.transcode.engine.outcome import Failed

PAUSES_MS: Final = (2_000, 10_000, 60_000)


@dataclass(frozen=True, slots=True)
class Again:
    """Another try, not before so many milliseconds have passed, with at most so many threads (0: all)."""

    pause: int
    threads: int


def after(failed: Failed, tries: int) -> Again | None:
    """What follows the failure of a task that was begun `tries` times; None: it has failed for good."""
    match failed.kind:
        case "input" | "limit":
            return None
        case "infrastructure":
            return Again(PAUSES_MS[tries - 1], 0) if tries <= len(PAUSES_MS) else None
        case "engine":
            return Again(0, 1) if tries == 1 else None
