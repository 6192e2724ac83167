"""Where the work is done: queue, objects, programs and a folder of this machine."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.formats import MediaLimits
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.keys import KeyDoor
from yunyue.services.transcode.objects import Objects
from yunyue.services.transcode.plan import Machine
from yunyue.services.transcode.plan.work import LIMITS

FONTS: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What workers of one contract share. `doors`: the way to each tenant's keys; None where nobody set one.

    `chunk_above`: seconds from which a film is encoded in chunks by all workers. `upload_days`: how long a film is kept
    that no job uses, 0 for ever.
    """

    queue: Queue
    objects: Objects
    engines: Binaries
    folder: Path
    machine: Machine
    door: KeyDoor | None = None
    limits: MediaLimits = LIMITS
    workers: int = 1
    chunk_above: int = 600
    chunk_seconds: int = 60
    upload_days: int = 30

    def work_folder(self, task: str, tries: int) -> Path:
        """A folder for one try at a task; nothing else is written outside of it."""
        return self.folder / "work" / f"{task}-{tries}".replace("/", "_")


def this_machine() -> Machine:
    """Threads for one encoder, and the first font that is here."""
    font = next((path for path in FONTS if Path(path).exists()), "")
    return Machine(threads=len(os.sched_getaffinity(0)), font=font)
