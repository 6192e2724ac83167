"""yunyue containers projects, members, push-token, base-image, convert: what projects are made of."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, command, option
from yunyue.doors.cli.containers_reach import choosing, elsewhere, folder, kept, listed, manifest, moment
from yunyue.doors.cli.installed import require_installation, settings
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.containers import NOBODY, plain
from yunyue.doors.containers_keeping import MOST_DAYS
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.images.base import build, build_debian, busybox_recipe, sample_recipe
from yunyue.services.containers.manifest.compose import manifest_of
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.project import RANKS
from yunyue.settlement.statement import Said

members_group = SpokenGroup("members", said=Said("项目成员与角色", "Members of a project and their roles"))
token_group = SpokenGroup("push-token", said=Said("推送令牌：签发、列出、吊销", "Push tokens: make, list, revoke"))


@command("projects", Said("列出项目与配额", "List projects and their quotas"))
@elsewhere
@answers
def projects(voice: Voice, **reach: Any) -> Answer:
    """Those that have not ended; with --server those of the contract that the token's account may see."""
    found = listed(reach)
    pairs = (("项目", "project"), ("订单", "order"), ("部门", "department"), ("引擎", "engine"), ("状态", "state"))
    heads = [*(voice.pick(*one) for one in pairs), "vCPU", "GiB", voice.pick("副本", "replicas")]
    rows = [
        [
            *(one.name, one.order, one.tenant, one.wanted.engine),
            voice.pick("已暂停", "paused") if one.paused else voice.pick("运行", "running"),
            *map(str, (one.wanted.vcpu, one.wanted.memory_gib, one.wanted.replicas)),
        ]
        for one in found
    ]
    lines = table(heads, rows, frozenset({5, 6, 7})) or [voice.pick("没有项目", "no projects")]
    return Told([plain(one) for one in found], lines)


@members_group.command("list", said=Said("列出成员", "List the members"))
@choosing
@answers
def members(voice: Voice, **reach: Any) -> Answer:
    """While there is none, the department's people are admins."""
    found = kept(reach).members()
    if isinstance(found, Refused):
        return found
    lines = table([voice.pick("成员", "member"), voice.pick("角色", "role")], [[one.person, one.role] for one in found])
    none = voice.pick("尚无成员：本部门用户均为管理员", "none yet: the department's people are admins")
    return Told([{"person": one.person, "role": one.role} for one in found], lines or [none])


@members_group.command("set", said=Said("授予或收回角色", "Give a role, or take it away"))
@click.argument("person")
@click.argument("role", type=click.Choice([*RANKS, NOBODY]))
@choosing
@answers
def grant(voice: Voice, person: str, role: str, **reach: Any) -> Answer:
    """PERSON: a pseudonym as facts name it. The first member is an admin, and one stays."""
    refused = kept(reach).give(person, role)
    return refused or Told({"person": person, "role": role}, [f"{person}  {role}  {voice.pick('已记录', 'kept')}"])


@token_group.command("make", said=Said("签发推送令牌，仅显示一次", "Make a push token; it is shown this once"))
@click.argument("name")
@option(
    "--days", type=click.IntRange(0, MOST_DAYS), default=0, zh="有效天数，0 为直至吊销", en="how long; 0: until revoked"
)
@choosing
@answers
def make_token(voice: Voice, name: str, days: int, **reach: Any) -> Answer:
    """Used as the password of `podman login`, with the project's name as the user."""
    mine = kept(reach)
    made = mine.make_token(name, days)
    if isinstance(made, Refused):
        return made
    said = voice.pick("令牌（只显示这一次）", "token (shown this once)")
    return Told({"project": mine.project.name, "name": name, "token": made}, [f"{said}: {made}"])


@token_group.command("list", said=Said("列出推送令牌", "List push tokens"))
@choosing
@answers
def list_tokens(voice: Voice, **reach: Any) -> Answer:
    """Without their secrets, which nobody can read again."""
    found = kept(reach).tokens()
    if isinstance(found, Refused):
        return found
    pairs = (("名称", "name"), ("签发", "made"), ("签发人", "by"), ("末次使用", "last used"), ("到期", "ends"))
    rows = [
        [one.name, moment(one.made), one.actor or "-", *map(moment, (one.used, one.expires, one.ended))]
        for one in found
    ]
    lines = table([*(voice.pick(*one) for one in pairs), voice.pick("吊销", "revoked")], rows)
    return Told([asdict(one) for one in found], lines or [voice.pick("没有令牌", "no tokens")])


@token_group.command("revoke", said=Said("吊销推送令牌", "Revoke a push token"))
@click.argument("name")
@choosing
@answers
def revoke_token(voice: Voice, name: str, **reach: Any) -> Answer:
    """From then on nobody gets in with it."""
    refused = kept(reach).revoke_token(name)
    return refused or Told({"name": name, "revoked": True}, [f"{name}  {voice.pick('已吊销', 'revoked')}"])


@command("base-image", Said("由 Debian 软件包制作基础镜像", "Make a base image from Debian's packages"))
@click.argument("name", type=click.Choice(["busybox", "sample-web", "debian"]))
@option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), zh="镜像归档文件", en="the archive to write")
@option("--load", is_flag=True, zh="载入本机引擎", en="load it into this machine's engine")
@option("--package", multiple=True, zh="debian 中加入的软件包，可多次", en="a package for debian, again for more")
@answers
def base_image(voice: Voice, name: str, output: Path | None, load: bool, package: tuple[str, ...]) -> Answer:
    """Needs no registry: works in a closed network."""
    del voice
    if output is None and not load:
        return Refused("say where it goes: --output FILE, or --load", "output", "C37")
    if load:
        require_installation(settings())
    target = output or folder() / f"{name}.tar"
    digest = _built(name, target, package)
    if isinstance(digest, Refused):
        return digest
    refused = asyncio.run(_loaded(target)) if load else None
    if output is None:
        target.unlink()
    return refused or Told({"name": name, "digest": digest, "file": str(output or "")}, [f"{name}  {digest}"])


def _built(name: str, target: Path, packages: tuple[str, ...]) -> str | Refused:
    if name == "debian":
        return build_debian(target, packages)
    recipe = busybox_recipe() if name == "busybox" else sample_recipe()
    return recipe if isinstance(recipe, Refused) else build(recipe, target)


async def _loaded(archive: Path) -> Refused | None:
    try:
        async with Libpod(Places(folder()).socket) as libpod:
            await libpod.load(archive)
    except (EngineGone, EngineSaid) as problem:
        return Refused(f"the engine does not answer: {problem}", "engine", "C37")
    return None


@command("convert", Said("将 Compose 文件转换为清单", "Turn a Compose file into manifests"))
@click.argument("file")
@answers
def convert(voice: Voice, file: str) -> Answer:
    """Shown, not applied: `yunyue containers convert compose.yml | yunyue containers apply -f -`."""
    del voice
    made = manifest_of(manifest(file))
    return made if isinstance(made, Refused) else Told({"manifest": made}, made.splitlines())
