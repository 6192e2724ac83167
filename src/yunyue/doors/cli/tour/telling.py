"""What the tour tells at its end: the statement, why one line is as it is, the proof, and the figures in short."""

from typing import Any

from yunyue.answer import Refused
from yunyue.doors.cli import reasons, statement_shown
from yunyue.doors.cli.command import Answer
from yunyue.doors.cli.tour.evidence import Proven
from yunyue.doors.cli.tour.middle import OBJECTIVE
from yunyue.doors.cli.tour.stage import Stage
from yunyue.doors.cli.voice import Told, Voice
from yunyue.journal.facts import VerdictReached
from yunyue.settlement.exhibit import totals
from yunyue.settlement.statement import Statement

EXPLAINED = "late-payment-2"


def told(stage: Stage, statement: Statement, proven: Proven, voice: Voice) -> Answer:
    """The answer of the tour; failed unless the bundle holds and the forgery does not."""
    why = reasons.told(stage.kernel, statement, EXPLAINED, voice)
    if isinstance(why, Refused):
        return why
    holds = proven.sound.holds and not proven.forged.holds
    plain = _plain(stage, statement, proven)
    lines = [
        *statement_shown.lines(statement, True, voice),
        *_titled(voice.pick(f"为什么？{EXPLAINED}", f"Why? {EXPLAINED}"), why.lines),
        *_titled(voice.pick("独立进程核验", "Verified by another process"), proven.sound.text.splitlines()),
        *_titled(
            voice.pick(
                f"翻转第 {proven.forged_at} 字节的一个比特之后", f"After one bit of byte {proven.forged_at} is flipped"
            ),
            [line for line in proven.forged.text.splitlines() if line.startswith("✗")]
            + proven.forged.text.splitlines()[-1:],
        ),
        *_titled(voice.pick("小结", "In short"), _short(plain, voice)),
    ]
    return Told(plain, lines, failed=not holds)


def _titled(title: str, lines: Any) -> list[str]:
    return ["", f"── {title} ──", *lines]


def _plain(stage: Stage, statement: Statement, proven: Proven) -> dict[str, Any]:
    faults = (proven.forged.report or {}).get("faults", [])
    seconds = stage.progress.elapsed
    return {
        "contract": stage.contract,
        "as_of": statement.as_of,
        "lines": {one.id: None if one.amount is None else str(one.amount) for one in statement.lines},
        "states": {one.id: one.state for one in statement.lines},
        "totals": totals(statement),
        "term": statement.check("term").title.en,
        "availability": _availability(stage),
        "months": stage.months,
        "facts": statement.facts_known,
        "probes": stage.sent,
        "interval_s": stage.interval_s,
        "seconds": round(seconds, 1),
        "times_faster": round((statement.as_of - stage.began).days * 86400 / seconds),
        "bundle_bytes": proven.size,
        "verified": proven.sound.holds,
        "forged_byte": proven.forged_at,
        "forgery_found": [one["where"] for one in faults],
    }


def _availability(stage: Stage) -> dict[str, str]:
    known = stage.kernel.known(stage.contract)
    assert not isinstance(known, Refused), "the tour's own contract"
    return {one.month: str(one.measured) for one in known.all(VerdictReached) if one.objective == OBJECTIVE}


def _short(plain: dict[str, Any], voice: Voice) -> list[str]:
    sums, minutes = plain["lines"], plain["interval_s"] // 60
    amounts = [f"{name}: {amount}" for name, amount in sums.items()]
    said = [
        (f"{plain['facts']} 件事实，{plain['probes']} 次真实拨测（每 {minutes} 分钟一次，无一省略）",
         f"{plain['facts']} facts, {plain['probes']} real probes (one every {minutes} minutes, none left out)"),
        (f"用时 {plain['seconds']} 秒，合同时间快 {plain['times_faster']:,} 倍",
         f"{plain['seconds']} s; contract time ran {plain['times_faster']:,} times faster"),
        (f"结算包 {plain['bundle_bytes']} 字节，核验{'通过' if plain['verified'] else '不通过'}",
         f"bundle of {plain['bundle_bytes']} bytes, {'verified' if plain['verified'] else 'NOT verified'}"),
        (f"改动一个比特：指出 {'、'.join(plain['forgery_found'])}",
         f"one bit flipped: found in {', '.join(plain['forgery_found'])}"),
    ]  # fmt: skip
    return [*amounts, *(voice.pick(*pair) for pair in said)]
