"""The values a plan is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Program = Literal["ffmpeg", "packager"]
Kind = Literal["video", "audio", "text"]

PUBLIC = "public"
"""The folder, inside the job's own, whose files are published."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `arguments` as given to the program inside the sandbox: inputs at /in/<name>, all else at /out.

    `weight`: its share of the job's work, for progress; `seconds`: the length of what it makes; `needs`: measurements
    of earlier steps that stand as {name} in the arguments; `writes`: texts to be put into the folder before it runs.
    """

    name: str
    program: Program
    arguments: tuple[str, ...]
    weight: int = 1
    seconds: Fraction = Fraction(0)
    needs: tuple[str, ...] = ()
    measures: str = ""
    writes: Mapping[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a file must hold when it is done, to be checked by looking into it.

    `path`: the encoded file in the job's folder. `folder`: where its segments lie under public, empty for a file that
    is published itself. `frames`: exact where it can be known beforehand.
    """

    name: str
    kind: Kind
    path: str
    codec: str
    seconds: Fraction
    folder: str = ""
    width: int = 0
    height: int = 0
    rate: Fraction = Fraction(0)
    frames: int | None = None
    language: str = ""

    @property
    def short_edge(self) -> int:
        """What the price goes by."""
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Extra:
    """A file a job brings along besides the film: a watermark's picture, subtitles, a further film to append.

    `sound`: whether a film has any.
    """

    name: str
    kind: Literal["picture", "subtitles", "film"]
    width: int = 0
    height: int = 0
    seconds: Fraction = Fraction(0)
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """What a plan may count on: threads for one encoder, and a font for texts (a path inside the sandbox)."""

    threads: int = 2
    font: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands in their order and what they promise. `master`: the playlist we write ourselves, where we do."""

    steps: tuple[Step, ...]
    promises: tuple[Promise, ...]
    seconds: Fraction
    notes: tuple[str, ...] = ()
    master: str = ""
