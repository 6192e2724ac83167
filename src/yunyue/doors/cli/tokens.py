"""yunyue token: tokens for programs, made and revoked on the machine itself; each act is a fact."""

from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.account_office import account_office, named
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.settlement.statement import Said

group = SpokenGroup("token", said=Said("令牌：签发、列出、吊销", "Tokens: make, list, revoke"))


@group.command("make", said=Said("为账户签发令牌，仅显示一次", "Make a token for an account; it is shown once"))
@click.argument("name")
@click.argument("scopes", nargs=-1, required=True)
@option("--contract", default="", zh="仅限此合同", en="for this contract only")
@option("--days", type=int, default=90, zh="有效天数", en="days until it expires")
@option("--for", "purpose", default="cli", zh="用于哪个程序", en="which program it is for")
@answers
def make(voice: Voice, name: str, scopes: tuple[str, ...], **how: Any) -> Answer:
    """SCOPES are such as facts:read; a token never does more than its account may."""
    with account_office() as by:
        from yunyue.doors.web.accounts import tokens

        account = named(name)
        asked = tokens.Asked(how["purpose"], scopes, how["contract"], how["days"])
        made = tokens.make(account, asked, by, account)
        if isinstance(made, Refused):
            return made
        plain = {"number": made[0].pk, "account": name, "scopes": sorted(set(scopes)), "token": made[1]}
    return Told(plain, [voice.pick(f"令牌（仅显示一次）：{made[1]}", f"Token, shown once: {made[1]}")])


@group.command("list", said=Said("列出令牌，不含密文", "List the tokens, without what they are"))
@answers
def listed(voice: Voice) -> Answer:
    """Whose, for what, until when, last used."""
    with account_office():
        from yunyue.doors.web.accounts.models import Token

        found = [_plain(one) for one in Token.objects.select_related("account").order_by("pk")]
    heads = (("编号", "number"), ("账户", "account"), ("用途", "scopes"), ("到期", "expires"), ("状态", "state"))
    rows = [tuple(str(one[pair[1]]) for pair in heads) for one in found]
    ending = voice.pick(f"{len(rows)} 个令牌", f"{len(rows)} tokens")
    return Told(found, [*table([voice.pick(*pair) for pair in heads], rows), ending])


@group.command("revoke", said=Said("吊销令牌，立即生效", "Revoke a token, from this moment"))
@click.argument("number", type=int)
@answers
def revoke(voice: Voice, number: int) -> Answer:
    """By its number in the list."""
    with account_office() as by:
        from yunyue.doors.web.accounts import tokens
        from yunyue.doors.web.accounts.models import Token

        found = Token.objects.select_related("account").filter(pk=number).first()
        if found is None:
            return Refused(f"there is no token {number}", "NUMBER")
        refused = tokens.revoke(found, by)
    return refused or Told({"number": number}, [voice.pick(f"已吊销：{number}", f"Revoked: {number}")])


def _plain(one: Any) -> dict[str, Any]:
    return {
        "number": one.pk,
        "account": one.account.username,
        "name": one.name,
        "scopes": one.scopes,
        "contract": one.contract,
        "expires": f"{one.expires:%Y-%m-%d %H:%M}",
        "last_used": None if one.last_used is None else f"{one.last_used:%Y-%m-%d %H:%M}",
        "state": one.state,
    }
