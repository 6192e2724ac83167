"""yunyue access: access records and their state, for the audit administrator alone, whose token lies in a file.

Whoever is turned away is on record too, and nobody is answered before that record is on disk.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses, close_accesses, damage, days, proven, shown
from yunyue.doors.cli.account_office import account_office
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.proposing import token_in, unfit, with_token
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Declined, Told, Voice
from yunyue.doors.office import Office, office
from yunyue.doors.web.access.kinds import EVERY
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder
from yunyue.settlement.statement import Said
from yunyue.sla.span import milliseconds
from yunyue.store.access import Access, Wanted
from yunyue.store.access.record import Outcome

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Token

group = SpokenGroup(
    "access", said=Said("访问记录：检索、证明、核查、现状", "Access records: search, prove, check, state")
)
SCOPE = "access:read"
MOST = 1000
TEXTS = ("actor", "role", "kind", "outcome", "contract", "words")
COLUMNS = (
    ("编号", "position"),
    ("时间", "moment"),
    ("何人", "actor"),
    ("角色", "role"),
    ("受保护之物", "kind"),
    ("事项", "what"),
    ("对象", "about"),
    ("结果", "outcome"),
)


def _filters(work: Callable[..., Any]) -> Callable[..., Any]:
    added = (
        option("--until", type=DAY, zh="到此日为止，含当日", en="up to this day, which is included"),
        option("--since", type=DAY, zh="自此日起", en="from this day on"),
        option("--words", default="", zh="事项、对象、地址或请求编号中的文字", en="in page, object, address, request"),
        option("--contract", default="", zh="仅此合同", en="of this contract only"),
        option("--outcome", type=click.Choice(get_args(Outcome)), zh="仅此结果", en="of this outcome only"),
        option("--kind", type=click.Choice(EVERY), zh="仅此类受保护之物", en="only what was protected as this"),
        option("--role", type=click.Choice([one.value for one in Role]), zh="仅此角色", en="of this role only"),
        option("--actor", default="", zh="仅此人（假名）", en="of this person only (a pseudonym)"),
    )
    for one in added:
        work = one(work)
    return work


@group.command("search", said=Said("检索访问记录，新的在前", "Search the access records, newest first"))
@with_token
@_filters
@option("--limit", type=click.IntRange(1, MOST), default=50, zh="最多几行", en="at most so many")
@option("--after", type=click.IntRange(0), default=0, zh="略过前几行", en="leave out the first so many")
@answers
def search(voice: Voice, token_file: Path, limit: int, after: int, **asked: Any) -> Answer:
    """The search is a record itself."""
    since, until = days(asked["since"], asked["until"])
    wanted = Wanted(**{name: (asked[name] or "").strip() for name in TEXTS}, since=since, until=until)
    with _audited(token_file, "search", asked["words"], asked["contract"]) as here:
        found = accesses(here).search(wanted, limit, after)
    plain = [shown(*one) for one in found.records]
    rows = [[str(one[name]) for _, name in COLUMNS] for one in plain]
    total = voice.pick(f"共 {found.total} 条", f"{found.total} records")
    lines = table([voice.pick(*one) for one in COLUMNS], rows, frozenset({0})) if rows else []
    return Told({"records": plain, "total": found.total}, [*lines, total])


@group.command("prove", said=Said("证明一条访问记录未被改动", "Prove that an access record stands unchanged"))
@click.argument("position", type=click.IntRange(0))
@with_token
@answers
def prove(voice: Voice, position: int, token_file: Path) -> Answer:
    """By the path of hashes to its segment, whose root a fact of the journal carries."""
    with _audited(token_file, "prove", str(position)) as here:
        found = proven(here, position)
    if isinstance(found, Refused):
        return found
    holds = voice.pick("成立", "it holds") if found["holds"] and found["sealed"] else voice.pick("不成立", "IT FAILS")
    return Told(found, [*(f"{name}: {value}" for name, value in found["record"].items()), found["fact"], holds])


@group.command(
    "check", said=Said("重读全部已封存记录并与账本核对", "Read every sealed record again, against the journal")
)
@with_token
@answers
def check(voice: Voice, token_file: Path) -> Answer:
    """Every fault; none when all is as the journal says."""
    with _audited(token_file, "check") as here:
        faults = damage(here)
    lines = [f"{one.segment}: {voice.reason(one.reason)}" for one in faults]
    return Told([asdict(one) for one in faults], lines or [voice.pick("记录完好", "All is as the journal says")])


@group.command(
    "state", said=Said("账本与访问记录的现状、异常操作、被拒绝者", "State of the record, odd acts, turned away")
)
@with_token
@answers
def state(voice: Voice, token_file: Path) -> Answer:
    """What the audit administrator's first page shows."""
    with _audited(token_file, "state"):
        from django.utils import translation

        from yunyue.doors.web.access.standing import plain, standing

        with translation.override("en" if voice.language == "en" else "zh-hans"):
            found = plain(standing())
    counts = (("事实", "facts"), ("已发布", "published"), ("访问记录", "records"), ("已封存", "segments"))
    lines = [f"{voice.head(*pair)}{found[pair[1]]}" for pair in counts]
    lines += [f"{one['what']}: {one['since'] or '-'} {one['gap']}".rstrip() for one in found["kept"]]
    lines += [
        f"! {one['moment'][:16]} {one['type']} {one['about']} {one['actor']}: {one['why']}" for one in found["odd"]
    ]
    lines += [f"× {one['actor'] or '-'} {one['address']} {one['times']}" for one in found["turned_away"]]
    return Told(found, [*lines, *([found["broken"]] if found["broken"] else [])], failed=bool(found["broken"]))


@contextmanager
def _audited(path: Path, what: str, about: str = "", contract: str = "") -> Iterator[Office]:
    """The office, once whose look it is stands on record. Raises Declined: nobody else may; it could not be noted."""
    with account_office() as by:
        here = office()
        try:
            found = token_in(path)
            refused = found if isinstance(found, Refused) else _turned_away(found)
            seen = Access(
                **_who(found, by),
                at=milliseconds(here.clock.now()),
                door="cli",
                kind="access",
                what=f"access {what}",
                about=about,
                contract=contract,
                outcome="granted" if refused is None else "refused",
                status=200 if refused is None else 403,
                address="cli",
                request="",
            )
            refused = accesses(here).note(seen) or refused
            if refused is not None:
                raise Declined(refused)
            yield here
        finally:
            close_accesses(here.settings.home)


def _who(found: "Token | Refused", by: Recorder) -> dict[str, str]:
    """Whose token it is; without one the person at this terminal."""
    if isinstance(found, Refused):
        return {"actor": by.actor, "role": "", "tenant": ""}
    whose = found.account
    return {"actor": f"{found.pseudonym} {whose.pseudonym}", "role": whose.role, "tenant": whose.tenant}


def _turned_away(found: "Token") -> Refused | None:
    """Why the records are not for the holder of this token; None for the audit administrator."""
    from yunyue.doors.web.accounts.roles import AUDITORS

    if not found.account.plays(AUDITORS):
        return Refused(f"role {found.account.role} does not call this operation", "--token-file")
    return unfit(found, SCOPE, "")
