"""yunyue fact: what kinds of facts there are, recording one, reading what was recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from yunyue.answer import Refused
from yunyue.doors.cli import fact_types, proofs
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.moments import DAY, MOMENT, happened
from yunyue.doors.cli.table import table
from yunyue.doors.cli.typed import document, keep_in, only_digest, payload
from yunyue.doors.cli.voice import Told, Voice, clause_title
from yunyue.journal.envelope import Recorded, canonical
from yunyue.journal.facts import BY_TYPE, Payload
from yunyue.kernel import Happening, Kernel
from yunyue.kernel.inclusion import Inclusion, inclusion
from yunyue.people.duties import SIDES, may_record, needs_another
from yunyue.people.policy import by_oneself
from yunyue.settlement.statement import Said

group = SpokenGroup("fact", said=Said("事实：记录与查阅", "Facts: record and read"))


@group.command("types", said=Said("事实的种类；给出 TYPE 则列其字段", "Kinds of facts; with TYPE, the fields of one"))
@click.argument("kind", metavar="[TYPE]", required=False)
@answers
def types(voice: Voice, kind: str | None) -> Answer:
    """List the union of facts, or one of its members."""
    if kind is None:
        return fact_types.every(voice)
    found = BY_TYPE.get(kind)
    if found is None:
        return Refused(f"there is no fact of type {kind!r}; known: {', '.join(sorted(BY_TYPE))}", "type")
    return fact_types.one(found, voice)


@dataclass(frozen=True, slots=True)
class How:
    """The options of `fact add`."""

    at: date | datetime | None
    identifier: str
    actor: str | None
    dry_run: bool


@group.command(
    "add",
    said=Said(
        "记录一件事实：FIELDS 为 字段=值；值为 @文件 时存入该文件并记其摘要",
        "Record a fact; FIELDS are field=value, and @FILE as a value stores that file and records its digest",
    ),
)
@click.argument("contract")
@click.argument("kind", metavar="TYPE")
@click.argument("fields", nargs=-1)
@option(
    "--at", type=MOMENT, zh="发生的日期或时刻（北京时间），默认现在", en="day or moment it happened, Beijing time; now"
)
@option(
    "--id", "identifier", default="", zh="事实编号；同号同文重复无害", en="id of the fact; repeating it is harmless"
)
@option("--actor", zh="记录人（假名）", en="who records it (a pseudonym)")
@option("--dry-run", is_flag=True, zh="只检查，不记录", en="check only, record nothing")
@answers
def add(voice: Voice, contract: str, kind: str, fields: tuple[str, ...], **how: Any) -> Answer:
    """Record what happened, if it fits the contract and the journal."""
    chosen = How(**how)
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        said = payload(kind, fields, only_digest)
        if isinstance(said, Refused):
            return said
        happening = Happening(said, happened(chosen.at, kernel.clock.now()), chosen.identifier)
        who = recorder(chosen.actor)
        refused = kernel.check(contract, [happening], who)
        if refused is not None:
            return refused
        if chosen.dry_run:
            plain = {"would_record": {"type": kind, "time": happening.at, "data": _plain(said)}}
            return Told(plain, [voice.pick("可以记录；未记录任何内容。", "It would be recorded; nothing was.")])
        # Only a fact that is taken in brings its documents along.
        kept = payload(kind, fields, keep_in(kernel.objects))
        if isinstance(kept, Refused):
            return kept
        done = kernel.record(contract, [happening], who)
        if isinstance(done, Refused):
            return done
        past = past_duties(type(said)) or by_oneself(known, said, who.actor)
        return _recorded(kernel, done.sequences[0], done.new, voice, past=past)


def past_duties(kind: type[Payload]) -> bool:
    """Whether this command went past a duty: the kind needs a second person, or no role records it by hand."""
    return needs_another(kind) or not any(may_record(role, kind) for role in SIDES)


def _recorded(kernel: Kernel, sequence: int, new: int, voice: Voice, *, past: bool) -> Told:
    one = next(iter(kernel.journal.read(sequence, sequence + 1)))
    words = ("已记录", "Recorded") if new else ("早已记录，未改动", "Was there already, unchanged")
    lines = [f"{voice.head(*words)}{one.fact.id}  #{sequence}"]
    if past:
        words = ("以主机操作员身份录入，未经第二人审批", "Recorded as the machine's operator; no second person agreed")
        lines.append(voice.pick(*words))
    return Told({"id": one.fact.id, "sequence": sequence, "new": bool(new), "past_duties": past}, lines)


def _plain(value: object) -> Any:
    return msgspec.json.decode(canonical(value))


@dataclass(frozen=True, slots=True)
class Which:
    """The options of `fact list`."""

    kind: str | None
    since: date | None
    until: date | None

    def wanted(self, one: Recorded) -> bool:
        """Whether a fact is asked for, by the Beijing day it happened on."""
        day = one.fact.day
        return (
            (self.kind is None or one.fact.type == self.kind)
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )


@group.command("list", said=Said("列出一份合同的事实", "List the facts of a contract"))
@click.argument("contract")
@option("--type", "kind", zh="只列此类", en="of this type only")
@option("--since", type=DAY, zh="自此日起", en="from this day on")
@option("--until", type=DAY, zh="至此日止", en="up to this day")
@answers
def listed(voice: Voice, contract: str, kind: str | None, since: date | None, until: date | None) -> Answer:
    """Facts in the order the journal took them in."""
    if kind is not None and kind not in BY_TYPE:
        return Refused(f"there is no fact of type {kind!r}; known: {', '.join(sorted(BY_TYPE))}", "type")
    which = Which(kind, since, until)
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = [one for one in kernel.facts(contract) if which.wanted(one)]
    heads = (
        "#",
        *(voice.pick(*pair) for pair in (("时间", "time"), ("种类", "type"), ("编号", "id"), ("记录人", "actor"))),
    )
    rows = [_row(one, voice) for one in found]
    ending = voice.pick(f"{len(found)} 条事实", f"{len(found)} facts")
    return Told([proofs.brief(one) for one in found], [*table(heads, rows, frozenset({0})), ending])


def _row(one: Recorded, voice: Voice) -> tuple[str, ...]:
    fact = one.fact
    title = voice.pick(fact.data.title_zh, fact.data.title_en)
    return (str(one.sequence), f"{fact.time:%Y-%m-%d %H:%M}", f"{fact.type} {title}", fact.id, fact.actor)


@group.command(
    "show", said=Said("一件事实的规范文本、叶哈希与包含证明", "A fact's canonical text, leaf hash and proof")
)
@click.argument("identifier", metavar="ID")
@answers
def show(voice: Voice, identifier: str) -> Answer:
    """A fact byte for byte, and how it hangs in the published tree; exit code 1 when the proof does not hold."""
    with opened(checked=False) as kernel:
        one = kernel.journal.find(identifier)
        if one is None:
            return Refused(f"there is no fact {identifier!r}", "id")
        leaf = next(iter(kernel.journal.leaves(one.sequence, one.sequence + 1)))
        proof = _proof(kernel, one.sequence)
    if isinstance(proof, Refused):
        return proof
    lines = [
        voice.pick(one.fact.data.title_zh, one.fact.data.title_en),
        *(f"  {clause_title(clause, voice)}" for clause in one.fact.data.clauses),
        f"{voice.pick('规范文本：', 'canonical: ')}{leaf.decode()}",
        *proofs.lines(proof, voice),
    ]
    plain = {**proofs.brief(one), "canonical": leaf.decode(), "proof": proof.plain()}
    return Told(plain, lines, failed=not proof.holds)


def _proof(kernel: Kernel, sequence: int) -> Inclusion | Refused:
    """Under the published head also in a journal that is not sound; only a sound one is published for this."""
    latest = kernel.publication.latest()
    if latest is None or isinstance(latest, Refused) or latest.size <= sequence:
        # This reads every leaf, and raises JournalBroken when they do not give the root that is kept.
        kernel.contracts()
    return inclusion(kernel, sequence)


@group.command("document", said=Said("存入一份文件，给出其摘要", "Store a document and give its digest"))
@click.argument("file", type=click.Path(path_type=Path))
@answers
def stored(voice: Voice, file: Path) -> Answer:
    """Facts name documents by digest; this is where they come from."""
    del voice
    with opened() as kernel:
        digest = document(file, keep_in(kernel.objects))
    return digest if isinstance(digest, Refused) else Told({"digest": digest}, [digest])
