"""五(三): results and their intellectual property go to the client; material comes back at the end."""

from collections.abc import Iterator

from yunyue.journal.facts import MaterialLent, MaterialReturned, ResultsHandedOver
from yunyue.settlement.case import Case
from yunyue.settlement.compute import as_day
from yunyue.settlement.rules.majeure import extended_end
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C26", "C27")


def apply(case: Case) -> Iterator[Finding]:
    """The hand-over list, and material still out."""
    yield _results(case)
    yield _material(case)


def _results(case: Case) -> Check:
    items = {known.said.item for known in case.all(ResultsHandedOver)}
    ended = case.as_of > as_day(extended_end(case))
    return Check(
        "results",
        "C26",
        Said("成果及知识产权归甲方", "Results and their intellectual property belong to the client"),
        "holds" if items else "broken" if ended else "open",
        Said(f"已移交 {len(items)} 项。", f"{len(items)} items handed over."),
        (),
        tuple(known.id for known in case.all(ResultsHandedOver)),
    )


def _material(case: Case) -> Check:
    """Before the end of the term material may be out; after it, what is out is a breach."""
    returned = {known.said.item for known in case.all(MaterialReturned)}
    out = sorted({known.said.item for known in case.all(MaterialLent)} - returned)
    ended = case.as_of > as_day(extended_end(case))
    return Check(
        "material",
        "C27",
        Said("资料于服务结束时归还", "Material is returned at the end"),
        ("broken" if ended else "open") if out else "holds",
        Said(
            f"尚未归还：{'、'.join(out)}。" if out else "无未归还资料。",
            f"Still out: {', '.join(out)}." if out else "Nothing is out.",
        ),
        (),
        tuple(known.id for known in (*case.all(MaterialLent), *case.all(MaterialReturned))),
    )
