"""How a line of a statement came about: the sentence, the formula, its steps, the facts, the clause, the proofs."""

from dataclasses import dataclass
from typing import Any

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID
from yunyue.doors.cli import proofs
from yunyue.doors.cli.command import Answer
from yunyue.doors.cli.statement_shown import PARTIES, STATES, reading
from yunyue.doors.cli.voice import Told, Voice, clause_title
from yunyue.journal.envelope import Recorded
from yunyue.kernel import Kernel
from yunyue.kernel.inclusion import Inclusion, covering, under
from yunyue.settlement.exhibit import tree_to_plain
from yunyue.settlement.explain import formula, steps
from yunyue.settlement.statement import Line, Obligation, Right, Said, Statement
from yunyue.settlement.working import Working

Explained = Line | Obligation | Right


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact a line rests on, and how it hangs in the published tree."""

    fact: Recorded
    proof: Inclusion


def told(kernel: Kernel, statement: Statement, identifier: str, voice: Voice) -> Answer:
    """The answer to "why?"; refused for a line that is not there."""
    every: tuple[Explained, ...] = (*statement.lines, *statement.obligations, *statement.rights)
    found = next((one for one in every if one.id == identifier), None)
    if found is None:
        known = ", ".join(one.id for one in every)
        return Refused(f"there is no line {identifier!r} as of {statement.as_of}; known: {known}", "line")
    evidence = _evidence(kernel, found.facts)
    if isinstance(evidence, Refused):
        return evidence
    chosen = dict(statement.readings)
    # A line whose proof does not hold is shown, and the exit code says that it is not to be relied on.
    failed = not all(one.proof.holds for one in evidence)
    return Told(_plain(found, evidence, chosen), _lines(found, evidence, chosen, voice), failed=failed)


def _evidence(kernel: Kernel, facts: tuple[str, ...]) -> list[Evidence] | Refused:
    """Each fact once, in journal order, all proven under one head."""
    found = [one for one in map(kernel.journal.find, dict.fromkeys(facts)) if one is not None]
    found.sort(key=lambda one: one.sequence)
    head = covering(kernel, found[-1].sequence + 1) if found else None
    if head is None or isinstance(head, Refused):
        return head or []
    return [Evidence(one, under(kernel, one.sequence, head)) for one in found]


def _sentence(found: Explained) -> Said:
    return found.sentence if isinstance(found, Line) else found.title


def _plain(found: Explained, evidence: list[Evidence], chosen: dict[str, str]) -> dict[str, Any]:
    working = found.working
    sentence = _sentence(found)
    said = None if working is None else formula(working)
    return {
        "id": found.id,
        "clause": found.clause,
        "sentence": {"zh": sentence.zh, "en": sentence.en},
        "formula": said and {"zh": said.zh, "en": said.en},
        "working": None if working is None else tree_to_plain(working),
        "readings": {name: chosen[name] for name in found.readings if name in chosen},
        "facts": [{**proofs.brief(one.fact), "proof": one.proof.plain()} for one in evidence],
    }


def _lines(found: Explained, evidence: list[Evidence], chosen: dict[str, str], voice: Voice) -> list[str]:
    clause = BY_ID.get(found.clause)
    rule = [] if clause is None else [f"  {voice.pick(clause.rule_zh, clause.rule_en)}"]
    return [
        f"{found.id}  {voice.say(found.title)}  {_state(found, voice)}",
        voice.say(_sentence(found)),
        "",
        clause_title(found.clause, voice),
        *rule,
        *_arithmetic(found.working, voice),
        *_readings(found, chosen, voice),
        *_facts(evidence, voice),
    ]


def _state(found: Explained, voice: Voice) -> str:
    match found:
        case Line():
            amount = "" if found.amount is None else found.amount.grouped()
            return f"{voice.pick(*PARTIES[found.payer])} {amount} {voice.pick(*STATES[found.state])}"
        case Obligation():
            return f"{voice.pick(*PARTIES[found.who])} {voice.pick(*STATES[found.state])}"
        case Right():
            return voice.pick("可行使", "available") if found.available else voice.pick("未成立", "not available")


def _arithmetic(working: Working | None, voice: Voice) -> list[str]:
    if working is None:
        return []
    rows = [f"  {'  ' * step.depth}{voice.say(step.title)}: {step.value}" for step in steps(working)]
    return ["", f"{voice.pick('算式：', 'formula: ')}{voice.say(formula(working))}", *rows]


def _readings(found: Explained, chosen: dict[str, str], voice: Voice) -> list[str]:
    rows = [f"  {reading(name, chosen[name], voice)}" for name in found.readings if name in chosen]
    return ["", voice.pick("所用文义选择", "Readings"), *rows] if rows else []


def _facts(evidence: list[Evidence], voice: Voice) -> list[str]:
    if not evidence:
        return []
    found = ["", voice.pick("所依事实及其包含证明", "Facts, and the proof that each stands in the journal")]
    for one in evidence:
        fact = one.fact.fact
        title = voice.pick(fact.data.title_zh, fact.data.title_en)
        found.append(f"  #{one.fact.sequence}  {fact.day}  {fact.type} {title}  {fact.id}")
        found.append(f"      {_proof(one.proof, voice)}")
    head = evidence[0].proof.head
    root = head.root.hex()
    ending = voice.pick(
        f"树头 {head.origin}: {head.size} 条，根 {root}", f"head of {head.origin}: {head.size} leaves, root {root}"
    )
    return [*found, f"  {ending}"]


def _proof(proof: Inclusion, voice: Voice) -> str:
    holds = voice.pick("成立", "holds") if proof.holds else voice.pick("不成立", "does not hold")
    path = " ".join(one.hex()[:12] for one in proof.path)
    return voice.pick(
        f"证明{holds}，路径 {len(proof.path)} 个哈希 {path}", f"proof {holds}; {len(proof.path)} hashes: {path}"
    )
