"""The supplement: which terms change, from what to what, from which day (十二(五))."""

from collections.abc import Sequence
from datetime import date

from yunyue.answer import Refused
from yunyue.contract.amend import amend
from yunyue.contract.clauses import BY_ID
from yunyue.contract.listing import rows
from yunyue.contract.terms import Terms
from yunyue.journal.facts import Change, ContractSupplemented
from yunyue.papers.body import Body, Given, Kind, Need
from yunyue.papers.paper import Column, Heading, Paragraph, Table
from yunyue.papers.parts import BOTH, contract_fields
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, clause, long_day
from yunyue.settlement.case import Known
from yunyue.settlement.rules.supplements import amended
from yunyue.settlement.statement import Said


def _supplement(source: Source, given: Given) -> Body | Refused:
    """补充协议: as recorded, or as a draft from "path=value" lines."""
    agreed = source.find(ContractSupplemented, supplement=given["supplement"])
    changes = _drafted(given) if agreed is None else agreed.said.changes
    effective = _day(given) if agreed is None else agreed.said.effective
    if isinstance(changes, Refused):
        return changes
    if isinstance(effective, Refused):
        return effective
    before = _before(source, agreed)
    after = amend(before, changes)
    if isinstance(after, Refused):
        return Refused(after.reason, f"changes.{after.field}", after.clause or "C34")
    copies = source.terms.papers
    sections = (
        Paragraph(
            f"经双方协商一致，就《{source.terms.title.zh}》订立本补充协议，自 {long_day(effective)} 起生效。"
            f"依据{clause('C34')}，本协议与合同不一致的，以本协议为准；未变更的条款继续有效。"
        ),
        contract_fields(source, ("补充协议编号", given["supplement"]), ("生效日期", effective.isoformat())),
        Heading("一、变更的条款"),
        _changes(before, after),
        Heading("二、其他"),
        Paragraph(f"本协议经双方签字并盖章后成立，一式 {copies.copies} 份，双方各执 {copies.copies_each} 份。"),
        BOTH,
    )
    facts = () if agreed is None else (agreed.id,)
    return Body(None, "", given["supplement"], sections, facts=facts, sample=_sample(before, changes))


def _before(source: Source, agreed: Known[ContractSupplemented] | None) -> Terms:
    """The terms on the day a recorded supplement takes effect, without it; a draft builds on what is in force."""
    if agreed is None:
        return source.terms
    others = [one.said for one in source.all(ContractSupplemented) if one.id != agreed.id]
    return amended(source.registered, others, agreed.said.effective)


def _drafted(given: Given) -> tuple[Change, ...] | Refused:
    lines = [line.strip() for line in given.get("changes", "").splitlines() if line.strip()]
    changes = []
    for line in lines:
        path, equals, value = line.partition("=")
        if not equals:
            return Refused(f"{line!r} is not path=value", "changes", "C34")
        changes.append(Change(path.strip(), value.strip()))
    return tuple(changes) or Refused(
        "no such supplement is recorded; give the changes as path=value lines", "changes", "C34"
    )


def _day(given: Given) -> date | Refused:
    text = given.get("effective", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Refused(f"{text!r} is no day such as 2024-08-01", "effective", "C34")


def _changes(before: Terms, after: Terms) -> Table:
    """Every row of the contract that reads differently afterwards."""
    old, new = {one.path: one for one in rows(before)}, {one.path: one for one in rows(after)}
    differ = [path for path in (*new, *(old.keys() - new.keys())) if old.get(path) != new.get(path)]
    found = []
    for path in differ:
        row = new.get(path) or old[path]
        reference = BY_ID[row.clause].reference if row.clause else NONE
        mark = "（示例）" if row.sample else ""
        was = old[path].value_zh if path in old else NONE
        becomes = new[path].value_zh if path in new else NONE
        found.append((reference, f"{row.label_zh}{mark}", was, becomes))
    columns = (Column("条款", 16), Column("事项", 32), Column("原约定", 26), Column("变更为", 26))
    return Table(columns, tuple(found))


def _sample(terms: Terms, changes: Sequence[Change]) -> bool:
    catalogue = terms.catalogue.sample and any(one.path.startswith("catalogue.") for one in changes)
    return catalogue or (terms.sla.sample and any(one.path.startswith("sla.") for one in changes))


KINDS = (
    Kind(
        "supplement",
        Said("补充协议", "Supplement"),
        ("C34",),
        (
            Need("supplement", Said("补充协议编号", "id of the supplement"), clause="C34"),
            Need(
                "changes",
                Said("变更", "lines such as term.end=2025-01-31, when it is not recorded yet"),
                required=False,
            ),
            Need("effective", Said("生效日期", "from which day, when it is not recorded yet"), required=False),
        ),
        _supplement,
    ),
)
