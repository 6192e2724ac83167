"""yunyue up: everything a first start needs, then one process that serves until it is interrupted."""

import os
from datetime import date
from typing import Any, Final

import click
from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.contract import Terms, starting_on
from yunyue.doors import serve
from yunyue.doors.alone import alone
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.contracts import DEFAULT, from_disk
from yunyue.doors.cli.equipment import equip
from yunyue.doors.cli.installed import opened, recorder, settings
from yunyue.doors.cli.voice import VARIABLE, Told, Voice
from yunyue.doors.web import setup
from yunyue.host.settings import Settings, environment
from yunyue.kernel import Kernel
from yunyue.settlement.statement import Said

SAMPLE: Final = "sample-"


@command(
    "up",
    Said(
        "启动：迁移、载入示例合同、对外服务，直至中断",
        "Start: migrate, load a sample contract, serve until interrupted",
    ),
)
@option(
    "--no-engines",
    is_flag=True,
    zh="不安装系统软件包，列出因此不可用的服务",
    en="install no system packages, say what is off",
)
@option("--port", type=click.IntRange(0, 65535), zh="端口", en="port")
@option("--bind", zh="监听地址", en="address to listen on")
@answers
def up(voice: Voice, **how: Any) -> Answer:
    """A second start keeps what the first one made."""
    chosen = _settings({name: value for name, value in how.items() if value is not None and value is not False})
    with alone(chosen.home) as other:
        told = other or _prepared(chosen, voice)
    if isinstance(told, Refused):
        return told
    for line in told:
        click.echo(line, err=voice.json)
    refused = _served(chosen, voice)
    return refused or Told({"served": True}, [voice.pick("已停止", "Stopped")])


def _served(chosen: Settings, voice: Voice) -> Refused | None:
    """Until interrupted, which may also happen before the server listens for it."""
    try:
        return serve.serve(chosen, lambda address: _announce(address, voice))
    except KeyboardInterrupt:
        return None


def _announce(address: str, voice: Voice) -> None:
    click.echo(f"{voice.pick('地址：', 'Address: ')}{address}", err=voice.json)


def _settings(given: dict[str, Any]) -> Settings:
    """Options win over the environment; what runs in this process later reads the same from the environment."""
    chosen = replace(settings(), **given)
    os.environ.pop(VARIABLE, None)
    os.environ.update(environment(chosen))
    return settings()


def _prepared(chosen: Settings, voice: Voice) -> list[str] | Refused:
    """Engines, contracts, accounts; what was done, for the person who started it."""
    equipped = equip(chosen.no_engines, voice)
    if isinstance(equipped, Refused):
        return equipped
    with opened(make=True) as kernel:
        loaded = load_contracts(kernel)
    if isinstance(loaded, Refused):
        return loaded
    setup.migrate(chosen)
    password = setup.ensure_administrator(chosen)
    lines = [*equipped, *(f"{voice.pick('已载入合同：', 'Contract loaded: ')}{one}" for one in loaded)]
    if password is not None:
        name = setup.FIRST_ACCOUNT
        lines.append(
            voice.pick(
                f"首次登录：{name} / {password}（登录后须修改）",
                f"First login: {name} / {password} (to be changed at once)",
            )
        )
    return lines


def load_contracts(kernel: Kernel) -> list[str] | Refused:
    """The historical contract, and beside it, once, a sample of the same terms that starts today."""
    terms = from_disk(DEFAULT)
    if not isinstance(terms, Terms):
        return terms if isinstance(terms, Refused) else Refused(f"the contract that came along is damaged: {terms[0]}")
    wanted = [terms]
    if not any(one.startswith(SAMPLE) for one in kernel.contracts()):
        wanted.append(sample(terms, kernel.clock.now().date()))
    loaded = []
    for one in wanted:
        done = kernel.register(one, recorder(None))
        if isinstance(done, Refused):
            return done
        loaded += [one.id] if done.new else []
    return loaded


def sample(terms: Terms, day: date) -> Terms:
    """Its term reaches into a year no notice covers yet: such days are computed, and marked as estimates (A23)."""
    moved = starting_on(terms, day)
    return replace(moved, readings={**moved.readings, "A23": "estimated"})
