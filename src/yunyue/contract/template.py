"""A new contract to start from: small example terms, written as commented files that can be loaded as they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from yunyue.answer import Refused
from yunyue.contract.files import written
from yunyue.contract.readings import DEFAULTS
from yunyue.contract.terms import (
    Annex,
    Catalogue,
    Instalment,
    Item,
    Majeure,
    Named,
    Objective,
    Papers,
    Penalties,
    Price,
    Sla,
    StaffCondition,
    Step,
    Term,
    Terms,
)
from yunyue.money import Money, in_words, split

Milestone = Literal["signing", "midterm", "final"]
Part = tuple[str, Milestone, int]

KINDS: Mapping[str, tuple[Part, ...]] = {
    "instalments": (("0.5", "signing", 30), ("0.3", "midterm", 10), ("0.2", "final", 10)),
    "single": (("1", "final", 30),),
}
"""What can be started from: a contract paid in three parts, or at once after the final acceptance."""

TOTAL = Money.parse("120000.00")
_DAILY = Decimal("0.0001")
_NOTE_ZH, _NOTE_EN = "（示例，请改）", " (example, replace)"
_ANNEXES = (
    ("工作方案", "Work plan"),
    ("服务清单", "Service list"),
    ("服务目录及服务等级协议", "Service catalogue and SLA"),
    ("服务人员名单", "Staff list"),
    ("报价清单", "Price list"),
    ("保密协议", "Confidentiality agreement"),
)


def template(kind: str) -> dict[str, str] | Refused:
    """The four files of an example contract of that kind, which `read` accepts unchanged. Refuses an unknown kind."""
    if kind not in KINDS:
        return Refused(f"there is no template {kind!r}; there are {', '.join(KINDS)}", "kind")
    return written(_example(KINDS[kind]))


def _example(payments: Sequence[Part]) -> Terms:
    return Terms(
        id="example",
        title=_named("合同名称", "Title of the contract"),
        cover_date=None,
        term=Term(start=date(2026, 1, 1), end=date(2026, 12, 31), place=_named("履行地点", "Place")),
        price=Price(total=TOTAL, words=in_words(TOTAL)),
        instalments=_instalments(payments),
        penalties=_penalties(),
        majeure=Majeure(certificate_days=14, negotiate_after_days=60),
        account_notice_workdays=10,
        papers=Papers(copies=6, copies_each=3, retention_years=15, log_months=6),
        annexes=_annexes(),
        staff_conditions=(StaffCondition(number=1, title=_named("年满18周岁", "At least 18 years old"), soft=False),),
        readings=dict(DEFAULTS),
        catalogue=Catalogue(sample=True, items=(_item(),)),
        sla=Sla(sample=True, objectives=(_objective(),)),
    )


def _named(zh: str, en: str) -> Named:
    return Named(zh=zh + _NOTE_ZH, en=en + _NOTE_EN)


def _instalments(payments: Sequence[Part]) -> tuple[Instalment, ...]:
    amounts = split(TOTAL, [Fraction(share) for share, _, _ in payments])
    return tuple(
        Instalment(
            number=number,
            clause="八(二)",
            share=Decimal(share),
            amount=amount,
            words=in_words(amount),
            after=after,
            within_workdays=days,
            needs_delivery=after == "final",
        )
        for number, ((share, after, days), amount) in enumerate(zip(payments, amounts, strict=True), start=1)
    )


def _penalties() -> Penalties:
    return Penalties(
        provider_daily=_DAILY,
        provider_days=30,
        client_daily=_DAILY,
        client_days=30,
        termination_share=Decimal("0.1"),
        failed_acceptances=2,
        daily_cap=None,
    )


def _annexes() -> tuple[Annex, ...]:
    titles = enumerate(_ANNEXES, start=1)
    return tuple(Annex(number=number, title=Named(zh=zh, en=en), supplied=False) for number, (zh, en) in titles)


def _item() -> Item:
    return Item(
        code="monitor-site",
        service="monitor",
        title=_named("监测：站点", "Monitoring: sites"),
        unit=Named(zh="站点·月", en="site·month"),
        meter="monitor.site-month",
        quantity=Decimal(240),
        unit_price=Money.parse("500.00"),
        amount=TOTAL,
    )


def _objective() -> Objective:
    rungs = (("99.9", "0.1"), ("99", "0.2"), ("98", "0.5"))
    return Objective(
        id="monitor-availability",
        service="monitor",
        title=_named("被监测目标可用性", "Availability of the watched target"),
        indicator="availability",
        method="M1",
        target=Decimal("99.9"),
        ladder=tuple(Step(below=Decimal(below), share=Decimal(share)) for below, share in rungs),
    )
