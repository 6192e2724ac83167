"""yunyue tour: the demonstration, and an end-to-end test of everything between an order and its proof."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.contracts import DEFAULT, from_disk
from yunyue.doors.cli.tour import telling
from yunyue.doors.cli.tour.clock import TourClock
from yunyue.doors.cli.tour.evidence import prove
from yunyue.doors.cli.tour.progress import Progress
from yunyue.doors.cli.tour.site import Site, SiteFailed
from yunyue.doors.cli.tour.stage import Stage, TourStopped, accepted
from yunyue.doors.cli.tour.year import STEPS, walk
from yunyue.doors.cli.voice import Voice
from yunyue.doors.opening import close_parts, open_parts
from yunyue.host.clock import BEIJING
from yunyue.host.settings import Settings
from yunyue.settlement.statement import Said

BEGINNING: Final = datetime(2024, 4, 10, 9, tzinfo=BEIJING)
ENDING: Final = date(2025, 1, 31)
INTERVAL_SECONDS: Final = 900
FAST_SECONDS: Final = 7200


HONEST: Final = Said(
    "合同时间由一次拨测跳到下一次；每次拨测都是对真实进程的真实请求，只省去其间的等待。",
    "Contract time jumps from probe to probe; each is a real request to a real process, only the waiting is left out.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of the tour."""

    port: int
    keep: Path | None
    fast: bool


@command(
    "tour",
    Said("两分钟走完一个合同年：真实拨测、真实中断、逐元可核验", "A contract year in two minutes, every yuan proven"),
)
@option(
    "--port", type=click.IntRange(0, 65535), default=0, zh="被监测站点的端口", en="port of the site that is watched"
)
@option("--keep", type=click.Path(path_type=Path), zh="保留到此文件夹", en="keep everything in this folder")
@option("--fast", is_flag=True, zh="每两小时拨测一次，而非每 15 分钟", en="probe every two hours, not every 15 minutes")
@answers
def tour(voice: Voice, **how: Any) -> Answer:
    """Walk the year in a home of its own."""
    wanted = Wanted(**how)
    if wanted.keep is not None and wanted.keep.exists() and any(wanted.keep.iterdir()):
        return Refused("there is something in this folder; the tour begins in an empty one", str(wanted.keep))
    terms = from_disk(DEFAULT)
    if not isinstance(terms, Terms):
        return (
            terms
            if isinstance(terms, Refused)
            else Refused(f"the contract that came along is damaged: {terms[0]}", DEFAULT)
        )
    try:
        with _home(wanted.keep) as home:
            return _walked(home, terms, wanted, voice)
    except TourStopped as stopped:
        return Refused(str(stopped), "tour")
    except SiteFailed as failed:
        return Refused(str(failed), "port")


@contextmanager
def _home(keep: Path | None) -> Iterator[Path]:
    """The folder asked for, or one that is gone afterwards."""
    folder = keep or Path(tempfile.mkdtemp(prefix="yunyue-tour-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if keep is None:
            shutil.rmtree(folder)


def _walked(home: Path, terms: Terms, wanted: Wanted, voice: Voice) -> Answer:
    clock = TourClock(BEGINNING)
    office = accepted(open_parts(Settings(home=home / "home", private_targets=True, log_level="error"), clock))
    progress = Progress(voice, None if voice.json else sys.stderr, STEPS)
    interval = FAST_SECONDS if wanted.fast else INTERVAL_SECONDS
    stage = Stage(office.hosting, clock, Site(wanted.port), progress, terms.id, interval)
    progress.note(HONEST)
    try:
        walk(stage, terms)
        stage.begin(ENDING.isoformat(), Said("结算、导出、离线核验", "Settle, export, verify offline"))
        statement = accepted(stage.kernel.statement(terms.id, ENDING))
        proven = prove(stage, statement, home, voice.language)
        return telling.told(stage, statement, proven, voice)
    finally:
        stage.site.stop()
        close_parts(office)
