"""Whether the terms agree with themselves: shares and sums, words and figures, days, ladders, services, readings.

Each rule looks at well-shaped terms and yields what contradicts it: the path, the rule in words, and the clause.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from yunyue.contract.readings import BY_ID
from yunyue.contract.terms import Instalment, Item, Objective, Terms
from yunyue.money import Money, NotMoney, NotWhole, in_words, parse_words, split, total

ANNEXES = 6
COVER_REACH = timedelta(days=366)
"""A cover date further than this from the first day of the term is taken for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Two terms contradict each other, or one contradicts a clause. `path` names the term to look at first."""

    path: str
    rule: str
    clause: str


def faults(terms: Terms) -> tuple[Fault, ...]:
    """All contradictions, in the order of the rules; none for terms that can be used."""
    return tuple(fault for rule in _RULES for fault in rule(terms))


def _term(terms: Terms) -> Iterator[Fault]:
    start, end, cover = terms.term.start, terms.term.end, terms.cover_date
    if start > end:
        yield Fault("term.end", f"the term may not end ({end}) before it starts ({start})", "C01")
    if cover is not None and abs(cover - start) > COVER_REACH:
        yield Fault("cover_date", f"{cover} is more than {COVER_REACH.days} days from the first day {start}", "C33")


def _total(terms: Terms) -> Iterator[Fault]:
    if terms.price.total == Money.ZERO:
        yield Fault("price.total", "the total must be more than 0.00", "C02")
    yield from _words(terms.price.words, terms.price.total, "price.words", "C02")


def _words(words: str, amount: Money, path: str, clause: str) -> Iterator[Fault]:
    try:
        said = parse_words(words)
    except NotMoney as refused:
        yield Fault(path, str(refused), clause)
        return
    if said != amount:
        yield Fault(path, f"the words say {said}, the figure says {amount}, which is {in_words(amount)}", clause)


def _numbering(terms: Terms) -> Iterator[Fault]:
    yield from _counted("instalments", [one.number for one in terms.instalments], None, "C06")
    yield from _counted("staff_conditions", [one.number for one in terms.staff_conditions], None, "C20")
    yield from _counted("annexes", [one.number for one in terms.annexes], ANNEXES, "C38")


def _counted(path: str, numbers: list[int], wanted: int | None, clause: str) -> Iterator[Fault]:
    """Numbers must run 1, 2, 3 … in this order, up to `wanted` where that is fixed."""
    expected = list(range(1, (wanted or len(numbers)) + 1))
    if numbers != expected:
        rule = f"must be numbered {_listed(expected)} in this order, not {_listed(numbers)}"
        yield Fault(path, rule, clause)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def _instalments(terms: Terms) -> Iterator[Fault]:
    shares = [Fraction(one.share) for one in terms.instalments]
    try:
        amounts = split(terms.price.total, shares)
    except NotWhole as refused:
        yield Fault("instalments", refused.rule, "C06")
        return
    if (summed := total(one.amount for one in terms.instalments)) != terms.price.total:
        yield Fault("instalments", f"the amounts sum to {summed}, the total is {terms.price.total}", "C06")
    for one, amount in zip(terms.instalments, amounts, strict=True):
        yield from _instalment(one, amount, terms.price.total)


def _instalment(one: Instalment, amount: Money, whole: Money) -> Iterator[Fault]:
    path = f"instalments.{one.number}"
    if one.amount != amount:
        yield Fault(f"{path}.amount", f"{one.share} of {whole} is {amount}, not {one.amount}", "C06")
    yield from _words(one.words, one.amount, f"{path}.words", "C06")


def _penalties(terms: Terms) -> Iterator[Fault]:
    capped, cap = terms.readings.get("A8") == "capped", terms.penalties.daily_cap
    if capped and cap is None:
        yield Fault("penalties.daily_cap", "reading A8 is capped, so the cap must be given", "C11")
    if cap is not None and not capped:
        yield Fault("penalties.daily_cap", "a cap counts only with reading A8 = capped", "C11")


def _papers(terms: Terms) -> Iterator[Fault]:
    copies, each = terms.papers.copies, terms.papers.copies_each
    if copies != 2 * each:
        yield Fault("papers.copies", f"{each} copies for each of the two sides are {2 * each}, not {copies}", "C35")


def _readings(terms: Terms) -> Iterator[Fault]:
    for identifier in BY_ID:
        if identifier not in terms.readings:
            yield Fault(f"readings.{identifier}", "this reading is missing", "")
    for identifier, chosen in terms.readings.items():
        if identifier not in BY_ID:
            yield Fault(f"readings.{identifier}", "no such reading; they run from A1 to A24", "")
        elif chosen not in (keys := [choice.key for choice in BY_ID[identifier].choices]):
            yield Fault(f"readings.{identifier}", f"must be one of {', '.join(keys)}, not {chosen!r}", "")
    if terms.readings.get("A3") == "cover" and terms.cover_date is None:
        yield Fault("cover_date", "reading A3 takes the cover date for the day of signing, so it must be given", "C03")


def _catalogue(terms: Terms) -> Iterator[Fault]:
    for item in terms.catalogue.items:
        yield from _item(item)
    summed = total(item.amount for item in terms.catalogue.items)
    if summed != terms.price.total:
        rule = f"the items sum to {summed}, and the total is {terms.price.total}; it is all-in"
        yield Fault("catalogue.items", rule, "C02")


def _item(item: Item) -> Iterator[Fault]:
    exact = item.unit_price.times(Fraction(item.quantity))
    if exact.fen != item.amount.fen:
        product = f"{item.quantity} × {item.unit_price}"
        rule = f"must be {product} exactly, and {item.amount} is not ({product} = {exact.fen / 100} yuan)"
        yield Fault(f"catalogue.items.{item.code}.amount", rule, "C02")


def _objectives(terms: Terms) -> Iterator[Fault]:
    bought = {item.service for item in terms.catalogue.items}
    for one in terms.sla.objectives:
        path = f"sla.objectives.{one.id}"
        if one.service not in bought:
            yield Fault(f"{path}.service", f"no item of the catalogue belongs to {one.service}", "C37")
        yield from _ladder(one, f"{path}.ladder")


def _ladder(one: Objective, path: str) -> Iterator[Fault]:
    """Rungs go down while what they cost goes up; above the target nothing is compensated."""
    above, less = one.target, Fraction(-1)
    for position, step in enumerate(one.ladder, start=1):
        if step.below > above or (step.below == above and position > 1):
            bound = f"below the rung before ({above})" if position > 1 else f"not above the target ({above})"
            yield Fault(f"{path}.{position}.below", f"must be {bound}, and {step.below} is not", "C18")
        if step.share <= less:
            yield Fault(f"{path}.{position}.share", f"must rise from rung to rung, and {step.share} does not", "C18")
        above, less = step.below, Fraction(step.share)


_RULES: tuple[Callable[[Terms], Iterator[Fault]], ...] = (
    _term,
    _total,
    _numbering,
    _instalments,
    _penalties,
    _papers,
    _readings,
    _catalogue,
    _objectives,
)
