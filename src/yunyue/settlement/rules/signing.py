"""十二(三) (六), 二, 三 and the annexes: when the contract is in force, and the papers that belong to it."""

from collections.abc import Iterator

from yunyue.contract.labels import WORDS
from yunyue.journal.facts import (
    AnnexAttached,
    ContractSigned,
    CopiesExchanged,
    OrderPlaced,
    ServiceDelivered,
    SpecificationCited,
)
from yunyue.settlement.case import Case
from yunyue.settlement.compute import as_day, latest
from yunyue.settlement.statement import Check, Finding, Said
from yunyue.settlement.working import Working

CLAUSES = ("C33", "C35", "C36", "C37", "C38")

PRECEDENCE = ("deviation", "tender", "standard")
"""二: the accepted deviation table, else the tender's specification, else the latest national standard."""


def signing_day(case: Case) -> Working | None:
    """The day of signing by reading A3; None while one side's signature or seal is missing."""
    return case.remember("signing", _signing_day)  # type: ignore[no-any-return]  # the memory holds any value


def _signing_day(case: Case) -> Working | None:
    by_party = {known.said.party: known for known in case.all(ContractSigned)}
    if set(by_party) != {"client", "provider"}:
        return None
    if case.reading("A3") == "cover" and case.terms.cover_date is not None:
        return case.term("cover_date")
    leaves = [by_party[party].leaf(name) for party in ("client", "provider") for name in ("signed", "sealed")]
    return latest(*leaves)


def signing_facts(case: Case) -> tuple[str, ...]:
    """The ids of the signatures."""
    return tuple(known.id for known in case.all(ContractSigned))


def apply(case: Case) -> Iterator[Finding]:
    """Checks that the contract is in force and complete."""
    yield _in_force(case)
    yield _copies(case)
    yield _precedence(case)
    yield _services(case)
    yield _annexes(case)


def _in_force(case: Case) -> Check:
    day = signing_day(case)
    title = Said("合同生效：双方签字并盖章", "In force: both sides signed and sealed")
    if day is None:
        missing = {"client", "provider"} - {known.said.party for known in case.all(ContractSigned)}
        zh = "、".join("甲方" if party == "client" else "乙方" for party in sorted(missing))
        detail = Said(f"尚缺{zh}的签字盖章。", f"Still missing: {', '.join(sorted(missing))}.")
        return Check("in-force", "C33", title, "open", detail, (), signing_facts(case))
    detail = Said(f"签订日 {as_day(day)}。", f"Signed on {as_day(day)}.")
    return Check("in-force", "C33", title, "holds", detail, ("A3",), signing_facts(case))


def _copies(case: Case) -> Check:
    papers = case.terms.papers
    client = sum(known.said.client for known in case.all(CopiesExchanged))
    provider = sum(known.said.provider for known in case.all(CopiesExchanged))
    complete = client == papers.copies_each and provider == papers.copies - papers.copies_each
    return Check(
        "copies",
        "C35",
        Said(f"合同一式 {papers.copies} 份，双方各执 {papers.copies_each} 份", f"{papers.copies} copies in all"),
        "holds" if complete else "open",
        Said(f"甲方已收 {client} 份，乙方已收 {provider} 份。", f"Client has {client}, provider has {provider}."),
        (),
        tuple(known.id for known in case.all(CopiesExchanged)),
    )


def _precedence(case: Case) -> Check:
    """A topic settled by a lower source although a higher one speaks to it breaks the order of clause 二."""
    by_topic: dict[str, list[str]] = {}
    for known in case.all(SpecificationCited):
        by_topic.setdefault(known.said.topic, []).append(known.said.source)
    wrong = sorted(topic for topic, sources in by_topic.items() if sources[-1] != min(sources, key=PRECEDENCE.index))
    topics = "、".join(wrong)
    return Check(
        "specification",
        "C36",
        Said(
            "技术规范的优先次序：偏离表、招标文件、国家标准", "Precedence: deviation table, tender, national standard"
        ),
        "broken" if wrong else "holds",
        Said(
            f"下列事项引用了较低次序的依据：{topics}。" if wrong else f"已援引 {len(by_topic)} 项，次序无误。",
            f"Settled by a lower source: {', '.join(wrong)}." if wrong else f"{len(by_topic)} topics cited, in order.",
        ),
        (),
        tuple(known.id for known in case.all(SpecificationCited)),
    )


def _services(case: Case) -> Check:
    bought = {item.service for item in case.terms.catalogue.items}
    service_of = {known.said.order: known.said.service for known in case.all(OrderPlaced)}
    delivered = {service_of[known.said.order] for known in case.all(ServiceDelivered) if known.said.order in service_of}
    missing = [WORDS[code] for code in sorted(bought - delivered)]
    if missing:
        zh, en = "、".join(zh for zh, _ in missing), ", ".join(en for _, en in missing)
        detail = Said(f"尚未交付：{zh}。", f"Not yet delivered: {en}.")
    else:
        detail = Said(f"{len(bought)} 项服务均有交付记录。", f"All {len(bought)} services delivered.")
    return Check(
        "services",
        "C37",
        Said("合同所列服务均已开通", "All services of the contract have been delivered"),
        "open" if missing else "holds",
        detail,
        (),
        tuple(known.id for known in case.all(ServiceDelivered)),
    )


def _annexes(case: Case) -> Check:
    attached = {known.said.annex: known for known in case.all(AnnexAttached)}
    missing = [annex for annex in case.terms.annexes if annex.number not in attached]
    samples = sorted(number for number, known in attached.items() if known.said.sample)
    marked = f" 示例附件：{'、'.join(str(number) for number in samples)}。" if samples else ""
    named = "、".join(f"附件{annex.number}《{annex.title.zh}》" for annex in missing)
    return Check(
        "annexes",
        "C38",
        Said(f"{len(case.terms.annexes)} 个附件齐备", f"All {len(case.terms.annexes)} annexes are with the contract"),
        "open" if missing or samples else "holds",
        Said(
            (f"尚缺：{named}。" if missing else "附件齐备。") + marked,
            (f"Missing: {', '.join(annex.title.en for annex in missing)}." if missing else "None missing.")
            + (f" Samples: {', '.join(str(number) for number in samples)}." if samples else ""),
        ),
        (),
        tuple(known.id for known in attached.values()),
    )
