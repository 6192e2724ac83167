"""The terms of a contract as typed values, as its files state them and supplements amend them.

Every value that money or a deadline rests on has a dotted path here ("price.total", "instalments.1.share"), and a
statement names these paths as the leaves of its arithmetic.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from yunyue.money import Money

Share = Annotated[Decimal, msgspec.Meta(extra={"least": 0, "most": 1})]
"""From 0 to 1, as a decimal; the loader checks the bounds (msgspec bounds no decimals itself)."""

Percent = Annotated[Decimal, msgspec.Meta(extra={"least": 0, "most": 100})]
"""From 0 to 100, as a decimal; the loader checks the bounds."""

Quantity = Annotated[Decimal, msgspec.Meta(extra={"least": 0, "most": 10**9})]
"""So many units of a catalogue item."""

Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$(?!\n)")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
"""A code that is one part of a dotted path, and so has no dot itself."""

ServiceCode = Literal["os", "containers", "transcode", "scan", "protect", "monitor", "audit", "crypto"]
Method = Literal["M1", "M2", "M3", "M4", "M5", "M6"]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something with a Chinese and an English title."""

    zh: str
    en: str


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 七: first and last day, both inclusive, and the place of performance."""

    start: date
    end: date
    place: Named


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 八(一): the total, all-in, and the same in capitals."""

    total: Money
    words: str


class Instalment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 八(二): a share of the total, due so many working days after a milestone."""

    number: Annotated[int, msgspec.Meta(ge=1, le=99)]
    clause: str
    share: Share
    amount: Money
    words: str
    after: Literal["signing", "midterm", "final"]
    within_workdays: Days
    needs_delivery: bool


class Penalties(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 九: daily rates, the days after which either side may end the contract, and the share then owed.

    `provider_days` counts 以上 (the number itself included), `client_days` counts 超过 (excluded): reading A5.
    `daily_cap` is the share of the total at which the daily penalty stops; None: the contract has no cap (A8).
    """

    provider_daily: Share
    provider_days: Days
    client_daily: Share
    client_days: Days
    termination_share: Share
    failed_acceptances: Annotated[int, msgspec.Meta(ge=1)]
    daily_cap: Share | None


class Majeure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 十一: days to bring the certificate, and days of effect after which the parties negotiate."""

    certificate_days: Days
    negotiate_after_days: Days


class Papers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 十二(六), and how long papers and logs are kept."""

    copies: Days
    copies_each: Days
    retention_years: Days
    log_months: Days


class Annex(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the six annexes; `supplied` says whether its text came with the contract."""

    number: Annotated[int, msgspec.Meta(ge=1, le=6)]
    title: Named
    supplied: bool


class StaffCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Clause 四(二): one condition, and whether a written waiver can satisfy it (soft, reading A24)."""

    number: Annotated[int, msgspec.Meta(ge=1, le=6)]
    title: Named
    soft: bool


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the price list: quantity × unit price = amount, exactly."""

    code: Name
    service: ServiceCode
    title: Named
    unit: Named
    meter: Code
    quantity: Quantity
    unit_price: Money
    amount: Money


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Annexes 2, 3 and 5: what can be ordered, how much of it, at what price. `sample`: 示例, not the real annex."""

    sample: bool
    items: tuple[Item, ...]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rung of a compensation ladder: below this percentage, that share of the month's fee of the service."""

    below: Percent
    share: Share


class Objective(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An SLA objective: an indicator, how it is measured (M1 to M6), its target and its ladder (best rung first).

    An empty ladder means the contract leaves the compensation to negotiation (reading A15).
    """

    id: Name
    service: ServiceCode
    title: Named
    indicator: Code
    method: Method
    target: Percent
    ladder: tuple[Step, ...]


class Sla(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Annex 3: the objectives. `sample`: 示例, not the real annex."""

    sample: bool
    objectives: tuple[Objective, ...]


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole contract. `readings` maps every reading id (A1 to A24) to the choice in force."""

    id: Code
    title: Named
    cover_date: date | None
    term: Term
    price: Price
    instalments: tuple[Instalment, ...]
    penalties: Penalties
    majeure: Majeure
    account_notice_workdays: Days
    papers: Papers
    annexes: tuple[Annex, ...]
    staff_conditions: tuple[StaffCondition, ...]
    readings: dict[str, str]
    catalogue: Catalogue
    sla: Sla

    def instalment(self, number: int) -> Instalment | None:
        """The instalment of that number, if there is one."""
        return next((one for one in self.instalments if one.number == number), None)

    def objective(self, identifier: str) -> Objective | None:
        """The objective of that id, if there is one."""
        return next((one for one in self.sla.objectives if one.id == identifier), None)

    def item(self, code: str) -> Item | None:
        """The catalogue item of that code, if there is one."""
        return next((one for one in self.catalogue.items if one.code == code), None)
