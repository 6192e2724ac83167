"""Carries plans out for tests: a film and a template in, a folder with what was made out."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event

from films import engines, ffmpeg

from yunyue.answer import Refused
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.engine.outcome import Progress
from yunyue.services.transcode.engine.packets import Packets, read_packets
from yunyue.services.transcode.engine.perform import Bench, Done, perform
from yunyue.services.transcode.engine.prepare import prepare
from yunyue.services.transcode.engine.verify import OWN, Kept, verify
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.plan import Extra, Machine, Plan, make_plan
from yunyue.services.transcode.templates import Template, understand_template

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
MACHINE = Machine(2, FONT)
KEY = ContentKey(b"k" * 16, b"i" * 16, b"v" * 16, "key.bin", "sealed")
SMALL = {"renditions": [{"short_edge": 180, "kilobits": 300}, {"short_edge": 90, "kilobits": 100}], "effort": "fast"}
ONE = {"renditions": [{"short_edge": 180, "kilobits": 600}], "effort": "fast"}


def template(**fields: object) -> Template:
    """A template of small sizes."""
    made = understand_template({"name": "test", "video": SMALL, **fields})
    assert not isinstance(made, Refused), made
    return made


def media(path: Path) -> Media:
    """What a film holds."""
    found = inspect(path, engines())
    assert isinstance(found, Media), found
    return found


def plan(path: Path, wanted: Template, extras: tuple[Extra, ...] = ()) -> Plan:
    """The plan for a film."""
    made = make_plan(media(path), wanted, extras, MACHINE)
    assert isinstance(made, Plan), made
    return made


def seekable(path: Path, folder: Path) -> Path:
    """The film in a form in which one can seek."""
    found = prepare(path, media(path), folder, engines())
    assert not isinstance(found, Refused), found
    return found[0]


@dataclass(frozen=True, slots=True)
class Made:
    """What a plan gave."""

    folder: Path
    plan: Plan
    kept: tuple[Kept, ...]
    done: Done
    told: tuple[Progress, ...]

    @property
    def public(self) -> Path:
        """What is published."""
        return self.folder / "public"

    @property
    def pictures(self) -> list[Kept]:
        """The renditions."""
        return [one for one in self.kept if one.promise.kind == "video"]


def make(
    path: Path,
    folder: Path,
    files: Mapping[str, tuple[Extra, Path]] | None = None,
    key: ContentKey | None = None,
    **fields: object,
) -> Made:
    """Make it all, and look whether promises were kept."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    brought = files or {}
    if "clip" in fields:
        path = seekable(path, folder)
    wanted = plan(path, template(**fields), tuple(extra for extra, _ in brought.values()))
    told: list[Progress] = []
    given = {"film": path, **{name: place for name, (_, place) in brought.items()}}
    done = perform(wanted, Bench(folder, given, engines(), key), told.append, Event())
    assert isinstance(done, Done), done
    kept = verify(wanted, folder, engines(), complained=bool(done.complaints))
    assert isinstance(kept, tuple), kept
    return Made(folder, wanted, kept, done, tuple(told))


def joined(folder: Path, target: Path) -> Path:
    """The segments of a CMAF stream as one file."""
    parts = [folder / "init.mp4", *sorted(folder.glob("*.m4s"))]
    target.write_bytes(b"".join(one.read_bytes() for one in parts))
    return target


def packets(path: Path, stream: str = "v:0") -> Packets:
    """The packets of what was made."""
    found = read_packets(path, stream, engines(), OWN)
    assert isinstance(found, Packets), found
    return found


def frame(path: Path, moment: float = 0.5, size: str = "32x18") -> bytes:
    """A small grey picture of one moment."""
    return ffmpeg(
        *("-ss", str(moment), "-i", str(path), "-frames:v", "1", "-vf", f"scale={size.replace('x', ':')},format=gray"),
        *("-f", "rawvideo", "-"),
    )


def hashes(path: Path, *options: str, before: tuple[str, ...] = ()) -> list[str]:
    """A digest of each decoded frame."""
    lines = ffmpeg(*before, "-i", str(path), "-map", "0:v:0", *options, "-f", "framemd5", "-").decode().splitlines()
    return [line.split(",")[-1].strip() for line in lines if line and not line.startswith("#")]


def near(found: Fraction, wanted: float, tolerance: float) -> bool:
    """Whether two lengths are close."""
    return abs(float(found) - wanted) <= tolerance
