"""yunyue proposal: what waits for a second person. Whoever proposes or decides shows a token of their own account."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli.account_office import account_office
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.moments import MOMENT, happened
from yunyue.doors.cli.table import table
from yunyue.doors.cli.typed import bounded, keep_in, payload
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.office import office
from yunyue.host.randomness import identifier as made_up
from yunyue.journal.envelope import canonical
from yunyue.people import proposals
from yunyue.people.policy import Person
from yunyue.settlement.statement import Said

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Token

group = SpokenGroup("proposal", said=Said("提议：列出、查看、提出、决定", "Proposals: list, show, make, decide"))
SOURCE = "/cli"
SCOPE = "proposals:write"
LARGEST = 1000
FILE = click.Path(path_type=Path)
with_token = option(
    "--token-file", type=click.Path(path_type=Path), required=True, zh="存有本人令牌的文件", en="file with one's token"
)


@group.command("list", said=Said("列出一份合同的提议", "List the proposals of a contract"))
@click.argument("contract")
@answers
def listed(voice: Voice, contract: str) -> Answer:
    """Newest first."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = [_plain(one) for one in proposals.proposed(kernel, contract)]
    heads = (("编号", "id"), ("种类", "type"), ("状态", "state"), ("提议人", "maker"))
    rows = [tuple(str(one[pair[1]]) for pair in heads) for one in found]
    ending = voice.pick(f"{len(rows)} 项提议", f"{len(rows)} proposals")
    return Told(found, [*table([voice.pick(*pair) for pair in heads], rows), ending])


@group.command("show", said=Said("一项提议及其内容", "A proposal and what is proposed"))
@click.argument("contract")
@click.argument("identifier", metavar="ID")
@answers
def show(voice: Voice, contract: str, identifier: str) -> Answer:
    """The fields of the fact it asks for."""
    del voice
    with opened() as kernel:
        found = proposals.find(kernel, contract, identifier)
        if isinstance(found, Refused):
            return found
        said = proposals.content(kernel, found)
    if isinstance(said, Refused):
        return said
    plain = {**_plain(found), "data": msgspec.json.decode(canonical(said))}
    return Told(plain, [f"{name}: {value}" for name, value in plain.items()])


@group.command(
    "make",
    said=Said("依本人职责录入；须他人同意的先行提议", "Record as oneself, or propose what another must agree to"),
)
@click.argument("contract")
@click.argument("kind", metavar="TYPE")
@click.argument("fields", nargs=-1)
@with_token
@option("--at", type=MOMENT, zh="发生的日期或时刻，默认现在", en="day or moment it happened; now")
@answers
def make(voice: Voice, contract: str, kind: str, fields: tuple[str, ...], **how: Any) -> Answer:
    """FIELDS are field=value; the duties of the account decide, as at the console."""
    with account_office():
        who = person_of(how["token_file"], contract)
        if isinstance(who, Refused):
            return who
        kernel, at = office().kernel, how["at"]
        said = payload(kind, fields, keep_in(kernel.objects))
        if isinstance(said, Refused):
            return said
        intent = proposals.Intent(said, happened(at, kernel.clock.now()), made_up("form", kernel.clock.now()))
        waits = proposals.put_forward(kernel, contract, intent, who, SOURCE)
    if isinstance(waits, Refused):
        return waits
    words = ("已提议，待他人同意", "Proposed; another person has to agree") if waits else ("已录入", "Recorded")
    return Told({"id": intent.id, "waits": waits}, [f"{voice.head(*words)}{intent.id}"])


@group.command("decide", said=Said("同意提议，或说明理由退回", "Agree to a proposal, or send it back with a reason"))
@click.argument("contract")
@click.argument("identifier", metavar="ID")
@with_token
@option("--reject", zh="退回，并说明理由", en="send it back, with this reason")
@answers
def decide(voice: Voice, contract: str, identifier: str, token_file: Path, reject: str | None) -> Answer:
    """As another person than who proposed it."""
    with account_office():
        who = person_of(token_file, contract)
        if isinstance(who, Refused):
            return who
        kernel = office().kernel
        found = proposals.find(kernel, contract, identifier)
        if isinstance(found, Refused):
            return found
        if reject is None:
            refused = proposals.approve(kernel, contract, found, who, SOURCE)
        else:
            refused = proposals.reject(kernel, contract, found, reject, (who, SOURCE))
    state = "approved" if reject is None else "rejected"
    words = ("已同意", "Agreed") if reject is None else ("已退回", "Sent back")
    return refused or Told({"id": identifier, "state": state}, [f"{voice.head(*words)}{identifier}"])


def person_of(file: Path, contract: str) -> Person | Refused:
    """Whose token lies in the file, if it is for proposals under this contract."""
    from yunyue.doors.web.accounts.speaking import speaking

    token = token_in(file)
    if isinstance(token, Refused):
        return token
    return unfit(token, SCOPE, contract) or speaking(token.account)


def token_in(file: Path) -> "Token | Refused":
    """The token in a file. Refused: the file cannot be read; unknown, expired, revoked."""
    from yunyue.doors.web.accounts import tokens

    text = bounded(file, LARGEST)
    if isinstance(text, Refused):
        return text
    token = tokens.bearer(text.decode("utf-8", "replace").strip())
    return Refused(token.reason, "--token-file") if isinstance(token, Refused) else token


def unfit(token: "Token", scope: str, contract: str) -> Refused | None:
    """Why a token is not for this act; for `contract` "" a token of one contract is none. None: it is, and was used."""
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.gate import ready

    if scope not in token.granted:
        return Refused(f"this token is not for {scope}", "--token-file")
    if token.contract not in ("", contract):
        return Refused(f"this token is for contract {token.contract!r} only", "--token-file")
    if not ready(token.account):
        return Refused("the account of this token lets nobody in", "--token-file")
    tokens.used(token, "cli")
    return None


def _plain(one: proposals.Proposal) -> dict[str, Any]:
    return {
        "id": one.id,
        "type": one.type,
        "state": one.state,
        "maker": one.maker,
        "made": f"{one.made:%Y-%m-%d %H:%M}",
    }
