"""yunyue transcode work: workers for films on a machine that has no doors; as many machines as one likes."""

import signal
from threading import Event
from typing import Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import settings
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host import log
from yunyue.host.clock import SystemClock
from yunyue.services.transcode.crew import Crew, apart
from yunyue.services.transcode.opening import Parts
from yunyue.settlement.statement import Said
from yunyue.sla.span import milliseconds

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@command(
    "work",
    Said("只做转码：从共享队列取任务，直到中止", "Only transcode: take jobs from the shared queue until stopped"),
)
@option("--workers", type=click.IntRange(1, 64), zh="线程数；省略时依设置", en="workers; by the setting if left out")
@answers
def work(voice: Voice, workers: int | None) -> Answer:
    """Stopped, it gives the tasks in hand back to the others."""
    chosen = settings()
    log.configure(chosen)
    count = workers if workers is not None else chosen.transcode_workers
    if count == 0:
        return Refused("no worker would work; set YUNYUE_TRANSCODE_WORKERS or --workers", "transcode_workers", "C37")
    chosen.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    parts = Parts(chosen.home, chosen.database, chosen.objects, count, chosen.transcode_upload_days)
    refused = apart(parts)
    if refused is not None:
        return refused
    clock, stop = SystemClock(), Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in SIGNALS}
    try:
        Crew(parts, lambda: milliseconds(clock.now())).run(stop, lambda name: _taken(voice, name))
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    return Told({"stopped": True}, [voice.pick("已停止，手中任务已交还", "stopped; the tasks in hand were given back")])


def _taken(voice: Voice, contract: str) -> None:
    if not voice.json:
        click.echo(voice.pick(f"开始为合同 {contract} 转码", f"transcoding for contract {contract}"))
