"""Snapshots, and the sprite sheet with its WebVTT that lets a player show where its time bar points.

Measured: sprites from keyframes alone cost a tenth of decoding everything.
"""

from fractions import Fraction
from math import ceil, isqrt
from typing import Final

from yunyue.services.transcode.plan.geometry import edited
from yunyue.services.transcode.plan.graph import picture_chain
from yunyue.services.transcode.plan.steps import PUBLIC, Step
from yunyue.services.transcode.plan.work import PROGRESS, Work

FOLDER: Final = "pictures"
MOST_TILES: Final = 2500


def picture_steps(work: Work) -> tuple[Step, ...]:
    """The commands for what the template asks; none without a picture in the film."""
    if work.media.video is None:
        return ()
    wanted, steps = work.template.pictures, list[Step]()
    if wanted.snapshots:
        steps += [_snapshot(work, number) for number in range(wanted.snapshots)]
    if wanted.sprite_seconds:
        steps.append(_sprite(work))
    return tuple(steps)


def tiles(work: Work) -> tuple[int, int, Fraction]:
    """How many columns and tiles the sheet has, and the seconds from one to the next."""
    every = Fraction(work.template.pictures.sprite_seconds)
    count = max(ceil(work.stretch.seconds / every), 1)
    if count > MOST_TILES:
        every = work.stretch.seconds / MOST_TILES
        count = MOST_TILES
    return min(10, isqrt(count - 1) + 1), count, every


def tile_size(work: Work) -> tuple[int, int]:
    """Pixels of one tile."""
    assert work.media.video is not None, "asked of a film with a picture only"
    width, height = edited(work.media.video, work.template.edit)
    wide = work.template.pictures.sprite_width
    return wide, max(round(wide * height / width / 2) * 2, 2)


def web_vtt(work: Work) -> bytes:
    """Which part of the sheet belongs to which stretch of time."""
    columns, count, every = tiles(work)
    wide, high = tile_size(work)
    lines = ["WEBVTT", ""]
    for number in range(count):
        begin, end = number * every, min((number + 1) * every, work.stretch.seconds)
        place = f"xywh={number % columns * wide},{number // columns * high},{wide},{high}"
        lines += [f"{_clock(begin)} --> {_clock(end)}", f"sprite.jpg#{place}", ""]
    return "\n".join(lines).encode()


def _snapshot(work: Work, number: int) -> Step:
    """Each is sought by itself: a few frames are decoded, not the film."""
    share = Fraction(2 * number + 1, 2 * work.template.pictures.snapshots)
    moment = work.stretch.seek + work.stretch.seconds * share
    given = [*PROGRESS, "-ss", f"{float(moment):.6f}", *_input(work)]
    given += ["-frames:v", "1", "-vf", f"{_chain(work)},scale={work.template.pictures.width}:-2,format=yuvj420p"]
    given += ["-q:v", "3", "-flags:v", "+bitexact", "-map_metadata", "-1"]
    return Step(f"snapshot-{number + 1}", "ffmpeg", (*given, f"/out/{PUBLIC}/{FOLDER}/{number + 1:03d}.jpg"))


def _sprite(work: Work) -> Step:
    columns, count, every = tiles(work)
    wide, high = tile_size(work)
    rows = ceil(count / columns)
    # From keyframes when they lie close enough, else a tile would show a far-away moment.
    skip = ["-skip_frame", "nokey"] if every >= 5 else []
    chain = f"{_chain(work)},fps={every.denominator}/{every.numerator}:start_time=0:round=up"
    chain += f",tpad=stop_mode=clone:stop={count},trim=end_frame={count}"
    chain += f",scale={wide}:{high},setsar=1,tile={columns}x{rows},format=yuvj420p"
    cut = work.stretch.sharp.options()
    given = [
        *PROGRESS,
        *skip,
        *cut,
        *_input(work),
        "-frames:v",
        "1",
        "-vf",
        chain,
        "-q:v",
        "4",
        "-flags:v",
        "+bitexact",
    ]
    path = f"/out/{PUBLIC}/{FOLDER}/sprite.jpg"
    writes = {f"{PUBLIC}/{FOLDER}/sprite.vtt": web_vtt(work)}
    return Step("sprite", "ffmpeg", (*given, "-map_metadata", "-1", path), weight=5, writes=writes)


def _input(work: Work) -> list[str]:
    given = work.film_input()
    return given[: len(given) - 2 - len(work.stretch.options())] + given[-2:]


def _chain(work: Work) -> str:
    """The edits alone, at the source's own times."""
    assert work.media.video is not None, "asked of a film with a picture only"
    whole = picture_chain(work.media.video, work.template.edit, work.origin, work.rate)
    parts = [part for part in whole.split(",") if not part.startswith(("fps=", "setpts="))]
    return ",".join(["setpts=PTS-STARTPTS", *parts])


def _clock(seconds: Fraction) -> str:
    whole = int(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"
