"""九(一) and 十: claims for direct losses, which are never computed, and where disputes stand."""

from collections.abc import Iterator

from yunyue.journal.facts import ClaimRaised, DisputeMoved
from yunyue.settlement.case import Case, Known
from yunyue.settlement.statement import Check, Finding, Line, Said

CLAUSES = ("C17", "C32")

STAGES = {
    "negotiation": Said("协商中", "in negotiation"),
    "mediation": Said("调解中", "in mediation"),
    "arbitration": Said("已提交北京仲裁", "before arbitration in Beijing"),
    "settled": Said("已解决", "settled"),
}


def apply(case: Case) -> Iterator[Finding]:
    """A line without an amount per claim; a check per dispute."""
    for known in case.all(ClaimRaised):
        yield _claim(known)
    latest = {known.said.dispute: known for known in case.all(DisputeMoved)}
    for dispute, moved in latest.items():
        stage = STAGES[moved.said.stage]
        yield Check(
            f"dispute-{dispute}",
            "C32",
            Said(f"争议 {dispute}", f"Dispute {dispute}"),
            "holds" if moved.said.stage == "settled" else "open",
            Said(f"{stage.zh}({moved.day})。", f"{stage.en} since {moved.day}."),
            (),
            (moved.id,),
        )


def _claim(known: Known[ClaimRaised]) -> Line:
    claimed = known.said.amount.grouped()
    return Line(
        id=f"claim-{known.said.claim}",
        clause="C17",
        title=Said(f"直接损失主张 {known.said.claim}", f"Claim for direct losses {known.said.claim}"),
        payer="client" if known.said.by == "provider" else "provider",
        amount=None,
        due=None,
        state="question",
        working=None,
        readings=(),
        facts=(known.id,),
        sentence=Said(
            f"主张金额 {claimed} 元，凭其证据由双方确认，平台不作计算。",
            f"{claimed} is claimed on its own evidence; the parties settle it, the platform computes nothing.",
        ),
    )
