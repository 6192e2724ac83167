"""yunyue containers logs, exec, port-forward: what goes on for as long as somebody looks."""

import asyncio
import os
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, Final

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.containers_entering import entered
from yunyue.doors.cli.containers_reach import Ground, ground, reaching
from yunyue.doors.cli.voice import Declined, Told, Voice
from yunyue.services.containers.engine import Command, Follow, Line, Shell, Tunnel
from yunyue.services.containers.errors import EngineGone
from yunyue.settlement.statement import Said

PIECE: Final = 65_536


@command("logs", Said("副本的输出", "What a replica writes"))
@click.argument("replica")
@option("-f", "--follow", is_flag=True, zh="持续显示新的行", en="go on with lines to come")
@option("--tail", type=click.IntRange(0), default=0, zh="最后若干行，0 为全部", en="the last so many lines; 0: all")
@option("--previous", is_flag=True, zh="上一个容器的", en="of the container before")
@reaching
@answers
def logs(voice: Voice, replica: str, follow: bool, tail: int, previous: bool, **reach: Any) -> Answer:
    """With --follow and --json each line is a JSON object of its own."""
    place = ground(reach)
    refused = _unknown(place, replica)
    if refused is not None:
        return refused
    which = Follow(follow, tail, previous)
    shown = _show if follow else None
    try:
        found = asyncio.run(_lines(place, replica, which, (shown, voice)))
    except EngineGone as gone:
        return Refused(f"the engine does not answer: {gone}", "engine", "C37")
    if follow:
        return Told({"ended": True}, [])
    return Told([asdict(one) for one in found], [one.text for one in found])


async def _lines(place: Ground, replica: str, which: Follow, how: tuple[Any, Voice]) -> list[Line]:
    shown, voice = how
    found = []
    async for line in place.engine.logs(place.project, replica, which):
        if shown is None:
            found.append(line)
        else:
            shown(line, voice)
    return found


def _show(line: Line, voice: Voice) -> None:
    click.echo(msgspec.json.encode(asdict(line)) if voice.json else line.text)


def _unknown(place: Ground, replica: str) -> Refused | None:
    found = place.engine.replicas(place.project)
    if isinstance(found, Refused):
        return found
    known = any(one.name == replica for one in found)
    return None if known else Refused(f"there is no replica {replica!r}", "replica", "C37")


@command(
    "exec",
    Said("在副本中运行命令", "Run a command in a replica"),
    {"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@option("-t", "--terminal", is_flag=True, zh="以终端方式，可交互", en="as a terminal, to type into")
@reaching
@click.argument("replica")
@click.argument("words", nargs=-1, required=True)
@answers
def execute(voice: Voice, replica: str, words: tuple[str, ...], terminal: bool, **reach: Any) -> Answer:
    """Leaves with the command's own exit status."""
    place = ground(reach)
    refused = entered(place, "exec", f"{replica} {' '.join(words)}")
    if refused is not None:
        return refused
    size = shutil.get_terminal_size()
    wanted = Command(words, terminal, rows=size.lines, columns=size.columns)
    status, output = asyncio.run(_run(place, replica, wanted, voice))
    if not voice.json and status:
        click.get_current_context().exit(status if 0 < status < 256 else 255)
    return Told({"status": status, "output": output.decode("utf-8", "replace")}, [], failed=status != 0)


async def _run(place: Ground, replica: str, wanted: Command, voice: Voice) -> tuple[int, bytes]:
    """The command's status, and its output when it is not shown at once. Raises Declined."""
    shell = await place.engine.exec(place.project, replica, wanted)
    if isinstance(shell, Refused):
        raise Declined(shell)
    held = bytearray()
    with _raw(wanted.terminal):
        typing = asyncio.create_task(_type(shell, wanted.terminal))
        try:
            while piece := await shell.read():
                if voice.json:
                    held += piece
                else:
                    sys.stdout.buffer.write(piece)
                    sys.stdout.buffer.flush()
            return await shell.status(), bytes(held)
        finally:
            typing.cancel()
            await shell.close()


async def _type(shell: Shell, terminal: bool) -> None:
    """Hand on what is typed. Nothing is read from a terminal unless the command has one: it would wait for a line."""
    if not terminal and sys.stdin.isatty():
        await shell.end_input()
        return
    if terminal:
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()
        loop.add_signal_handler(signal.SIGWINCH, changed.set)
    with suppress(OSError, ConnectionError):
        while piece := await _typed():
            if terminal and changed.is_set():
                changed.clear()
                size = shutil.get_terminal_size()
                await shell.resize(size.lines, size.columns)
            await shell.write(piece)
        await shell.end_input()


async def _typed() -> bytes:
    """The next of standard input, without holding up what is shown meanwhile; empty at its end."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        number = sys.stdin.fileno()
        loop.add_reader(number, ready.set)
    except (OSError, ValueError):
        # A plain file is always ready, and the loop cannot watch one.
        return sys.stdin.buffer.read(PIECE)
    try:
        await ready.wait()
        return os.read(number, PIECE)
    finally:
        loop.remove_reader(number)


@contextmanager
def _raw(terminal: bool) -> Iterator[None]:
    """Every key goes to the command as it is, until it ends."""
    if not terminal or not sys.stdin.isatty():
        yield
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    tty.setraw(number)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


@command(
    "port-forward", Said("本机端口通到副本或 Service", "A port of this machine that leads to a replica or Service")
)
@click.argument("target")
@click.argument("ports")
@reaching
@answers
def forward(voice: Voice, target: str, ports: str, **reach: Any) -> Answer:
    """TARGET: a replica, or service/NAME. PORTS: LOCAL:REMOTE, or one for both; local 0 takes any free one."""
    pair = _pair(ports)
    if isinstance(pair, Refused):
        return pair
    place = ground(reach)
    refused = entered(place, "forward", f"{target}:{pair[1]}")
    if refused is not None:
        return refused
    with suppress(KeyboardInterrupt):
        refused = asyncio.run(_serve(place, target, pair, voice))
        if refused is not None:
            return refused
    return Told({"ended": True}, [])


def _pair(text: str) -> tuple[int, int] | Refused:
    first, colon, second = text.partition(":")
    both = (first, second if colon else first)
    if not all(one.isascii() and one.isdigit() and len(one) <= 5 and int(one) <= 65535 for one in both):
        return Refused("expected LOCAL:REMOTE, two ports from 0 to 65535", "ports", "C37")
    return int(both[0]), int(both[1])


async def _serve(place: Ground, target: str, ports: tuple[int, int], voice: Voice) -> Refused | None:
    """Until interrupted. Refused: nobody answers there at all, or the local port is taken."""
    tried = await place.engine.forward(place.project, target, ports[1])
    if isinstance(tried, Refused):
        return tried
    await tried.close()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refused = await asyncio.to_thread(entered, place, "forward", f"{target}:{ports[1]}")
        tunnel = refused or await place.engine.forward(place.project, target, ports[1])
        if not isinstance(tunnel, Refused):
            await _join(reader, writer, tunnel)
        writer.close()

    try:
        server = await asyncio.start_server(joined, "127.0.0.1", ports[0])
    except OSError as error:
        return Refused(f"cannot listen on 127.0.0.1 port {ports[0]}: {error.strerror}", "ports", "C37")
    port = server.sockets[0].getsockname()[1]
    click.echo(f"{voice.pick('地址：', 'Address: ')}127.0.0.1:{port} → {target}:{ports[1]}", err=voice.json)
    async with server:
        await server.serve_forever()
    return None


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tunnel: Tunnel) -> None:
    async def out() -> None:
        while piece := await reader.read(PIECE):
            await tunnel.write(piece)
        await tunnel.end_input()

    sending = asyncio.create_task(out())
    with suppress(ConnectionError):
        while piece := await tunnel.read():
            writer.write(piece)
            await writer.drain()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await tunnel.close()
