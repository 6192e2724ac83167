"""How a command reaches a project: by its name, or the only one there is; its engine does the rest.

Wishes are kept in the installation's own store and the bell is rung. The platform alone carries them out: a command
never reconciles, also when no platform is running. With --server it asks another machine's platform instead.
"""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import option
from yunyue.doors.cli.containers_kept import Kept, KeptThere
from yunyue.doors.cli.containers_server import Server, ServerEngine, reached
from yunyue.doors.cli.installed import default_actor, require_installation, settings
from yunyue.doors.cli.voice import Declined, Voice
from yunyue.doors.containers import moment_now, projects_under
from yunyue.doors.containers_keeping import Keeping
from yunyue.host.clock import BEIJING
from yunyue.services.containers.engine import Engine
from yunyue.services.containers.engines import engine_folder, engine_of
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects

LARGEST: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Ground:
    """A project, the engine it runs on, and in whose name the command acts."""

    project: Project
    engine: Engine
    actor: str


def elsewhere(work: Callable[..., Any]) -> Callable[..., Any]:
    """Adds what reaches another machine's platform."""
    work = option("--contract", default="", zh="--server 处的合同", en="the contract, with --server")(work)
    work = option(
        "--token-file",
        type=click.Path(path_type=Path),
        zh="存有令牌的文件；否则取环境变量 YUNYUE_TOKEN",
        en="file with the token; else the variable YUNYUE_TOKEN",
    )(work)
    added: Callable[..., Any] = option(
        "--server", default="", zh="另一台机器上平台的地址", en="address of the platform on another machine"
    )(work)
    return added


def choosing(work: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --project and what reaches another machine; `kept` makes of them what a command works with."""
    return _project(elsewhere(work))


def reaching(work: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --project, --actor and what reaches another machine; `ground` makes of them what a command works with."""
    return _project(option("--actor", zh="操作人（假名）", en="who does it (a pseudonym)")(elsewhere(work)))


def _project(work: Callable[..., Any]) -> Callable[..., Any]:
    named: Callable[..., Any] = option(
        "-p", "--project", zh="项目；只有一个时可省略", en="the project; may be left out when there is only one"
    )(work)
    return named


def ground(reach: dict[str, Any]) -> Ground:
    """What --project names. Raises Declined: no installation, no such project, several to choose from, no engine."""
    if reach["server"]:
        server, project = _there(reach)
        return Ground(project, ServerEngine(server), reach.get("actor") or "")
    project = chosen(reach.get("project"))
    engine = engine_of(project, folder(), moment_now)
    if isinstance(engine, Refused):
        raise Declined(engine)
    return Ground(project, engine, reach.get("actor") or default_actor())


def kept(reach: dict[str, Any]) -> Kept:
    """What the project that --project names keeps beside its objects. Raises Declined, as `ground`."""
    if reach["server"]:
        return KeptThere(*_there(reach))
    return Keeping(settings().home, chosen(reach.get("project")), default_actor())


def listed(reach: dict[str, Any]) -> tuple[Project, ...]:
    """Every project that has not ended, of this machine or of what the token shows of another. Raises Declined."""
    if not reach["server"]:
        return every().all()
    found = _server(reach).projects()
    if isinstance(found, Refused):
        raise Declined(found)
    return found


def _server(reach: dict[str, Any]) -> Server:
    """The platform on another machine. Raises Declined: no token, no contract, an address that is none."""
    server = reached(reach["server"], _token(reach["token_file"]), reach["contract"])
    if isinstance(server, Refused):
        raise Declined(server)
    return server


def _there(reach: dict[str, Any]) -> tuple[Server, Project]:
    """A platform elsewhere and its project. Raises Declined: nobody answers, no such project, several."""
    server, name = _server(reach), reach.get("project")
    found = server.projects()
    if isinstance(found, Refused):
        raise Declined(found)
    fitting = [one for one in found if name in (None, one.name, one.order)]
    if name is not None and not fitting:
        raise Declined(Refused(f"there is no project {name!r}", "project", "C37"))
    if len(fitting) != 1:
        raise Declined(_several(found))
    return server, fitting[0]


def _several(found: tuple[Project, ...]) -> Refused:
    known = ", ".join(one.name for one in found) or "-"
    return Refused(f"say which project with --project; there are: {known}", "project", "C37")


def _token(path: Path | None) -> str:
    """The token to show. Raises Declined: there is none."""
    if path is None:
        found = os.environ.get("YUNYUE_TOKEN", "")
        if not found:
            raise Declined(Refused("there is no token; set YUNYUE_TOKEN, or name a file with --token-file", "token"))
        return found
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Declined(Refused(f"the token cannot be read: {error}", str(path))) from error


def folder() -> Path:
    """Where the engine lies."""
    return engine_folder(settings().home / "services")


def every() -> Projects:
    """The projects of the installation. Raises Declined: no installation, or none was ever ordered."""
    require_installation(settings())
    found = projects_under(settings().home)
    if found is None:
        raise Declined(Refused("there is no project yet; order the service containers first", "project", "C37"))
    return found


def chosen(name: str | None) -> Project:
    """The project of that name or order; without one the only one. Raises Declined."""
    projects = every()
    living = projects.all()
    if name is None and len(living) == 1:
        return living[0]
    if name is None:
        raise Declined(_several(living))
    found = projects.named(name)
    if isinstance(found, Refused):
        raise Declined(found)
    return found


def moment(at: int) -> str:
    """A moment (ms) in Beijing; a dash for none."""
    return f"{datetime.fromtimestamp(at / 1000, BEIJING):%Y-%m-%d %H:%M:%S}" if at else "-"


def manifest(file: str) -> str:
    """The text of a file, "-": of what is typed or piped in. Raises Declined."""
    try:
        raw = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _read(Path(file))
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Declined(Refused(f"the file cannot be read: {error}", file)) from error
    if len(raw) > LARGEST:
        raise Declined(Refused(f"a manifest has at most {LARGEST >> 20} MiB", file))
    return text


def _read(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(LARGEST + 1)


def kept_words(voice: Voice) -> list[str]:
    """What to add when nobody carries wishes out at the moment."""
    if click.get_current_context().params.get("server") or _somebody_listens():
        return []
    said = (
        "已保存；平台未在运行，启动后执行（yunyue up）",
        "kept; no platform is running: carried out once it is (yunyue up)",
    )
    return [voice.pick(*said)]


def _somebody_listens() -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell, suppress(OSError):
        bell.connect(str(Places(folder()).run / "bell"))
        return True
    return False
