"""yunyue crypto: the vault from a terminal: its state, keys, tokens; files, signatures; the self-check and the bill."""

from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli import crypto_holdings
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.crypto_files import decrypt, encrypt, rewrap, sign, verify
from yunyue.doors.cli.crypto_look import cbom, selfcheck
from yunyue.doors.cli.crypto_reach import client_of, done, reaching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.services.crypto.key import WAITING_DAYS
from yunyue.services.crypto.kinds import KINDS
from yunyue.settlement.statement import Said

STATES: Final = {
    "active": Said("启用", "active"),
    "disabled": Said("停用", "disabled"),
    "waiting": Said("等待销毁", "waits for destruction"),
}
group = SpokenGroup(
    "crypto", said=Said("密码：密钥、文件加密、签名、自评", "Cryptography: keys, files, signatures, self-check")
)
key_group = SpokenGroup("key", said=Said("密钥：建立、轮换、删除、撤销删除", "Keys: create, rotate, delete, undelete"))
group.add_command(key_group)
for command in (encrypt, decrypt, rewrap, sign, verify, selfcheck, cbom):
    group.add_command(command)


@group.command(
    "status",
    said=Said(
        "密码库是否已建立、已打开，停用的算法与令牌", "Whether the vault is made and open; disabled ciphers, tokens"
    ),
)
@reaching
@answers
def status(voice: Voice, **reach: Any) -> Answer:
    """Needs no token; with one it says why something is disabled. A sealed vault makes the exit code 1."""
    client = client_of(reach, token=False)
    told = done(client.ask("GET", "sys/seal-status"))
    if not told["initialized"]:
        line = voice.pick("尚未建立；请运行：bao operator init", "not made yet; run: bao operator init")
    elif told["sealed"]:
        line = voice.pick(
            f"已封存：{told['progress']}/{told['t']}（共 {told['n']} 份）；请运行：bao operator unseal",
            f"sealed: {told['progress']} of {told['t']} shares (of {told['n']}); run: bao operator unseal",
        )
    else:
        line = voice.pick(f"已打开（{told['t']}/{told['n']}）", f"open ({told['t']} of {told['n']})")
    plain = {name: told[name] for name in ("initialized", "sealed", "t", "n", "progress", "version")}
    off = _disabled(reach, told)
    lines = [voice.pick(f"已停用：{name}  {why}", f"disabled: {name}  {why}").rstrip() for name, why in off.items()]
    return Told({**plain, "disabled": off}, [line, *lines], failed=told["sealed"])


def _disabled(reach: dict[str, Any], told: dict[str, Any]) -> dict[str, str]:
    """What is disabled and why; "" where that is not told. Other servers of this interface know nothing of it."""
    names: list[str] = told.get("disabled_providers", [])
    answer = client_of(reach, token=False).ask("GET", "sys/providers") if names else Refused("nothing", "providers")
    reasons: dict[str, str] = {} if isinstance(answer, Refused) else answer["data"]["disabled"]
    return {name: reasons.get(name, "") for name in names}


@group.command("keys", said=Said("列出密钥空间的密钥", "List the keys of a key space"))
@reaching
@answers
def keys(voice: Voice, **reach: Any) -> Answer:
    """Type, state, versions, age in days and rotation of each."""
    held = crypto_holdings.held(client_of(reach))
    rows, plain = [], []
    for key in held.keys:
        age = str(key.age_days(held.now)) if key.turned else "—"
        days = f"{key.period // 86_400} d" if key.period else "—"
        rows.append((key.name, key.kind, voice.say(STATES[key.state]), str(key.latest), age, days))
        plain.append(
            {
                "name": key.name,
                "type": key.kind,
                "state": key.state,
                "latest": key.latest,
                "age_days": key.age_days(held.now) if key.turned else None,
                "rotation_seconds": key.period,
            }
        )
    heads = (
        *(voice.pick("密钥", "key"), voice.pick("类型", "type"), voice.pick("状态", "state")),
        *(voice.pick("版本", "version"), voice.pick("天数", "days"), voice.pick("轮换", "rotation")),
    )
    return Told(plain, table(heads, rows, frozenset({3, 4})) or [voice.pick("没有密钥", "no keys")])


@key_group.command("create", said=Said("建立密钥", "Create a key"))
@click.argument("name")
@option("--type", "kind", type=click.Choice(sorted(KINDS)), default="sm4-gcm96", zh="类型", en="type")
@option(
    "--rotate-days",
    type=click.IntRange(0, 3650),
    default=0,
    zh="每若干天轮换，0 为不轮换",
    en="rotate every so many days; 0: never",
)
@reaching
@answers
def create(voice: Voice, name: str, kind: str, rotate_days: int, **reach: Any) -> Answer:
    """A key that is there already is refused, not changed."""
    client = client_of(reach)
    if name in crypto_holdings.names_of(client):
        return Refused(f"there is a key {name!r} already", "name")
    body: dict[str, Any] = {"type": kind, "auto_rotate_period": f"{rotate_days * 24}h" if rotate_days else 0}
    if kind == "hmac":
        body["key_size"] = 32
    told = done(client.ask("POST", f"{client.mount}/keys/{name}", body))["data"]
    return _shown(told, voice.pick("已建立", "created"))


@key_group.command("rotate", said=Said("轮换密钥", "Rotate a key"))
@click.argument("name")
@reaching
@answers
def rotate(voice: Voice, name: str, **reach: Any) -> Answer:
    """What was encrypted before still opens."""
    client = client_of(reach)
    done(client.ask("POST", f"{client.mount}/keys/{name}/rotate", {}))
    return _shown(crypto_holdings.described(client, name), voice.pick("已轮换", "rotated"))


@key_group.command(
    "delete", said=Said("删除密钥：等待期满后销毁", "Delete a key: destroyed when its waiting period ends")
)
@click.argument("name")
@option("--days", type=click.IntRange(*WAITING_DAYS), default=WAITING_DAYS[0], zh="等待天数", en="days it waits")
@option("--yes", is_flag=True, zh="确认删除", en="yes, delete it")
@reaching
@answers
def delete(voice: Voice, name: str, days: int, yes: bool, **reach: Any) -> Answer:
    """Until then it does nothing, and `undelete` brings it back."""
    if not yes:
        return Refused("what this key encrypted is lost once it is destroyed; say --yes when that is meant", "yes")
    client = client_of(reach)
    wanted = {"deletion_allowed": True, "deletion_delay_days": days}
    done(client.ask("POST", f"{client.mount}/keys/{name}/config", wanted))
    done(client.ask("DELETE", f"{client.mount}/keys/{name}"))
    told = crypto_holdings.described(client, name)
    when = str(told["deletion_time"])[:16]
    return _shown(told, voice.pick(f"将于 {when} 销毁", f"destroyed on {when}"))


@key_group.command("undelete", said=Said("撤销删除", "Bring back a deleted key"))
@click.argument("name")
@reaching
@answers
def undelete(voice: Voice, name: str, **reach: Any) -> Answer:
    """Only while it waits."""
    client = client_of(reach)
    done(client.ask("POST", f"{client.mount}/keys/{name}/soft-delete-restore", {}))
    return _shown(crypto_holdings.described(client, name), voice.pick("已撤销删除", "brought back"))


@group.command("tokens", said=Said("列出令牌：名称、策略、到期", "List tokens: name, policies, end"))
@reaching
@answers
def tokens(voice: Voice, **reach: Any) -> Answer:
    """By accessor, which gives no access. Needs a token that may list them."""
    client = client_of(reach)
    accessors = done(client.ask("LIST", "auth/token/accessors"))["data"]["keys"]
    rows, plain = [], []
    for accessor in accessors:
        told = client.ask("POST", "auth/token/lookup-accessor", {"accessor": accessor})
        if isinstance(told, Refused):
            continue  # it ended between the two questions
        one = told["data"]
        ends = str(one.get("expire_time") or voice.pick("永不", "never"))[:19]
        rows.append((accessor, str(one["display_name"]), " ".join(one["policies"]), ends))
        plain.append({"accessor": accessor, "name": one["display_name"], "policies": one["policies"], "ends": ends})
    heads = ("accessor", voice.pick("名称", "name"), voice.pick("策略", "policies"), voice.pick("到期", "ends"))
    return Told(plain, table(heads, rows))


def _shown(told: dict[str, Any], said: str) -> Told:
    plain = {
        "name": told["name"],
        "type": told["type"],
        "state": crypto_holdings.state_of(told),
        "latest": told["latest_version"],
        "deletion_time": told.get("deletion_time"),
    }
    return Told(plain, [f"{told['name']}  {told['type']}  v{told['latest_version']}  {said}"])
