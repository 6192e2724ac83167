"""How a command reaches the vault: address, token and mount, by options or by the variables bao and vault know."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import option
from yunyue.doors.cli.installed import settings
from yunyue.doors.cli.voice import Declined
from yunyue.services.crypto.client import Client

ADDRESSES: Final = ("BAO_ADDR", "VAULT_ADDR")
TOKENS: Final = ("BAO_TOKEN", "VAULT_TOKEN")


def reaching(work: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --address, --token-file and --mount to a command; `client_of` makes a client of them."""
    work = option("--mount", default="transit", zh="密钥空间的路径", en="path of the key space")(work)
    work = option(
        "--token-file",
        type=click.Path(path_type=Path),
        zh="存有令牌的文件；否则取环境变量 BAO_TOKEN、VAULT_TOKEN",
        en="file with the token; else the variables BAO_TOKEN, VAULT_TOKEN",
    )(work)
    reaching: Callable[..., Any] = option(
        "--address",
        zh="密码库地址；否则取 BAO_ADDR、VAULT_ADDR，再否则为本机的平台",
        en="address of the vault; else BAO_ADDR, VAULT_ADDR, else the platform on this machine",
    )(work)
    return reaching


def client_of(reach: dict[str, Any], *, token: bool = True) -> Client:
    """The client of a command's options. Raises Declined: no token (when one is needed), an address that is none."""
    address = reach["address"] or _variable(ADDRESSES) or f"http://127.0.0.1:{settings().port}"
    shown = _token(reach["token_file"])
    if token and not shown:
        reason = "there is no token; set BAO_TOKEN, or name a file with --token-file"
        raise Declined(Refused(reason, "token"))
    try:
        return Client(address, shown, reach["mount"])
    except ValueError as wrong:
        raise Declined(Refused(str(wrong), "address")) from wrong


def done(answer: dict[str, Any] | Refused) -> dict[str, Any]:
    """What the vault answered. Raises Declined."""
    if isinstance(answer, Refused):
        raise Declined(answer)
    return answer


def _token(path: Path | None) -> str:
    if path is None:
        return _variable(TOKENS)
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Declined(Refused(f"the token cannot be read: {error}", str(path))) from error


def _variable(names: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
