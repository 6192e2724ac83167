"""What pages show of jobs and results: rows, streams in words, and where a player begins."""

from dataclasses import dataclass
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.job import ENDED, Job
from yunyue.services.transcode.objects.manifest import File, Manifest
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.quality.report import FILE, Quality

SPRITE: Final = "pictures/sprite.vtt"
PLAYABLE: Final = (".m3u8", ".mp4", ".m4a", ".webm", ".ogg", ".opus")
_DECODER: Final = msgspec.json.Decoder(tuple[Quality, ...])


@dataclass(frozen=True, slots=True)
class Row:
    """A job on a page. `percent`: how far it came; `left`: seconds it will still take, None when nobody can know."""

    job: Job
    percent: int
    left: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Played:
    """What a department may play and fetch: addresses that hold for an hour. `entry` is "" without picture and sound.

    `base` stands before the path of every file; `sprite`: the WebVTT of the sprite sheet, "" for none.
    """

    base: str
    entry: str
    sprite: str
    pictures: tuple[File, ...]


def row_of(job: Job, now: int) -> Row:
    """`now` in ms."""
    percent = 100 if job.state == "done" else min(int(job.share * 100), 99)
    return Row(job, percent, job.seconds_left(now), job.state in ENDED)


def played(desk: Desk, contract: str, job: str, manifest: Manifest) -> Played | Refused:
    """Signed addresses of a result."""
    link = desk.link(job)
    if isinstance(link, Refused):
        return link
    base = f"/transcode/files/{contract}/{link}/"
    paths = {one.path for one in manifest.files}
    entry = manifest.entry if manifest.entry.endswith(PLAYABLE) else ""
    return Played(
        base=base,
        entry=f"{base}{entry}" if entry else "",
        sprite=f"{base}{SPRITE}" if SPRITE in paths else "",
        pictures=tuple(one for one in manifest.files if one.type == "image/jpeg" and "sprite" not in one.path),
    )


def measured(desk: Desk, manifest: Manifest) -> tuple[Quality, ...]:
    """The quality report of a result; empty when none was asked for, or while the objects cannot be reached."""
    if manifest.file(FILE) is None:
        return ()
    try:
        content = desk.place.objects.read(f"{manifest.folder}/{FILE}")
    except Trouble:
        return ()
    return _DECODER.decode(content) if content is not None else ()
