"""Carries a plan out: step after step in the sandbox, with progress, until done, failed or asked to stop."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Final

from yunyue.host.sandbox import Box, Ended, Limits, Shown, Stopped, run
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.engine.outcome import Cancelled, Class, Failed, Progress, Tell
from yunyue.services.transcode.engine.said import complaint, complaints_of
from yunyue.services.transcode.plan import Plan, Step
from yunyue.services.transcode.plan.master import write_master
from yunyue.services.transcode.plan.steps import PUBLIC

FONTS: Final = Path("/usr/share/fonts")
MEMORY: Final = 8 << 30
IDLE_SECONDS: Final = 60
CRASHED: Final = range(129, 166)
_WORDS: Final = {
    "wall": "it took longer than is allowed for a film of this length",
    "cpu": "it took more processor time than is allowed for a film of this length",
    "memory": "it needed more memory than is allowed",
    "disk": "it wrote more than is allowed",
    "output": "the engine printed without end",
    "idle": "the engine stood still for a minute",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a plan is carried out: a folder of the job's own, the files it may read by name, the key if one is used."""

    folder: Path
    files: Mapping[str, Path]
    engines: Binaries
    key: ContentKey | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """All steps ended well. `complaints`: what the engines said on the way; `cpu`: seconds, None where not counted."""

    complaints: tuple[str, ...]
    cpu: float | None


def perform(plan: Plan, bench: Bench, tell: Tell, stop: Event) -> Done | Failed | Cancelled:
    """Carry it out. What was written stays in the folder, also when it failed; the caller clears it away."""
    _folders(plan, bench.folder)
    found: dict[str, str] = {}
    if bench.key is not None:
        bench.key.write(bench.folder)
    complaints: list[str] = []
    cpu = 0.0
    whole, before = sum(step.weight for step in plan.steps), 0
    for step in plan.steps:
        hearing = _Hearing(step, tell, before / whole, step.weight / whole)
        ended = _one(step, bench, found, plan, (hearing, stop))
        if not isinstance(ended, Ended):
            return ended
        if step.measures:
            found[step.measures] = loudness(ended.errors, step)
        elif ended.errors and step.seconds:
            # Of the steps that decode everything; snapshots may well stumble over a picture.
            complaints += complaints_of(ended.errors)
        cpu += ended.cpu or 0.0
        before += step.weight
    if plan.master:
        write_master(bench.folder, plan.promises, plan.master)
    return Done(tuple(complaints), cpu or None)


def _one(
    step: Step, bench: Bench, found: Mapping[str, str], plan: Plan, how: tuple["_Hearing", Event]
) -> Ended | Failed | Cancelled:
    for name, content in (step.writes or {}).items():
        (bench.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (bench.folder / name).write_bytes(content)
    program = bench.engines.ffmpeg if step.program == "ffmpeg" else bench.engines.packager
    shown = [Shown(path, f"/in/{name}") for name, path in bench.files.items()]
    if FONTS.exists():
        shown.append(Shown(FONTS, str(FONTS)))
    arguments = [_filled(one, found) for one in step.arguments]
    hearing, stop = how
    ended = run(Box(program, tuple(shown), bench.folder), arguments, limits_for(plan.seconds), hearing.hear, stop)
    return _judged(ended, step)


def limits_for(seconds: Fraction) -> Limits:
    """What one step may use: generous for any sane film, and finite."""
    return Limits(
        wall=600 + 60 * float(seconds), cpu=int(900 + 240 * seconds), memory=MEMORY, disk=256 << 30, idle=IDLE_SECONDS
    )


def _judged(ended: Ended | Stopped, step: Step) -> Ended | Failed | Cancelled:
    if isinstance(ended, Stopped):
        # Threads that wait for each other seldom do so twice: that is worth another try, a passed limit is not.
        kind: Class = "engine" if ended.why == "idle" else "limit"
        return Cancelled() if ended.why == "asked" else Failed(kind, f"{step.name}: {_WORDS[ended.why]}")
    if ended.code == 0:
        return ended
    if "No space left on device" in ended.errors:
        return Failed("infrastructure", f"{step.name}: the disk is full")
    if ended.code in CRASHED:
        return Failed("engine", f"{step.name}: the engine crashed with signal {ended.code - 128}")
    return Failed("input", f"{step.name}: {complaint(ended.errors)}")


def _folders(plan: Plan, folder: Path) -> None:
    for name in (PUBLIC, f"{PUBLIC}/pictures", *(f"{PUBLIC}/{one.folder}" for one in plan.promises if one.folder)):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _filled(argument: str, found: Mapping[str, str]) -> str:
    for name, value in found.items():
        argument = argument.replace(f"{{{name}}}", value)
    return argument


class _Hearing:
    """Turns the engine's progress lines into shares of the whole."""

    def __init__(self, step: Step, tell: Tell, begin: float, part: float) -> None:
        self._step, self._tell, self._begin, self._part = step, tell, begin, part
        self._speed = self._done = 0.0
        tell(Progress(begin, 0.0, step.name))

    def hear(self, line: str) -> None:
        """One line, such as out_time_us=2000000 or speed=3.1x."""
        name, _, value = line.partition("=")
        if name == "speed":
            self._speed = _number(value.strip().removesuffix("x"))
        elif name == "out_time_us" and self._step.seconds:
            # Of several outputs it tells the time of now one, now another, and none ("N/A") of one just opened.
            self._done = max(self._done, min(_number(value) / 1e6 / float(self._step.seconds), 1.0))
            self._tell(Progress(self._begin + self._part * self._done, self._speed, self._step.name))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def loudness(said: str, step: Step) -> str:
    """The filter of the second pass. Silence has no loudness to be corrected and would break the second pass."""
    found = re.search(r"\{[^{}]*\"input_i\"[^{}]*\}", said)
    if found is None:
        return "anull"
    told = json.loads(found.group())
    if "inf" in told["input_i"] or float(told["input_i"]) < -70:
        return "anull"
    wanted = next(part for part in ",".join(step.arguments).split(",") if part.startswith("loudnorm="))
    measured = ":".join(
        f"{name}={told[key]}"
        for name, key in (
            *(("measured_I", "input_i"), ("measured_TP", "input_tp"), ("measured_LRA", "input_lra")),
            *(("measured_thresh", "input_thresh"), ("offset", "target_offset")),
        )
    )
    return f"{wanted.replace(':print_format=json', '')}:{measured}:linear=true,aresample=48000"
