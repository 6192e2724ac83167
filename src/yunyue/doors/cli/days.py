"""yunyue calendar and yunyue words: working days with the notice they rest on, amounts in capital characters."""

from datetime import date
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, command, option
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.voice import Told, Voice
from yunyue.money import Money, NotMoney, in_words, parse_words
from yunyue.settlement.statement import Said
from yunyue.workdays import NOTICES, STATE_COUNCIL, Calendar

group = SpokenGroup("calendar", said=Said("工作日：加减与计数", "Working days: add, subtract, count"))
estimate = option(
    "--estimate",
    is_flag=True,
    zh="未公布的年份按周一至周五估算并标明",
    en="estimate years without a notice, and say so",
)
NEGATIVE = {"ignore_unknown_options": True}
"""So that -5 is a number and no option."""


def _calendar(estimated: bool) -> Calendar:
    return STATE_COUNCIL.estimating() if estimated else STATE_COUNCIL


def _sources(first: date, last: date) -> list[str]:
    """The notices on every year of a span."""
    years = range(min(first, last).year, max(first, last).year + 1)
    return [f"{notice.year}: {notice.cited()}" for notice in NOTICES if notice.year in years]


@group.command(
    "add",
    context_settings=NEGATIVE,
    said=Said("DATE 后第 N 个工作日；负数为之前", "The N-th working day after DATE; before it when negative"),
)
@click.argument("day", metavar="DATE", type=DAY)
@click.argument("number", metavar="N", type=int)
@estimate
@answers
def add(voice: Voice, day: date, number: int, estimate: bool) -> Answer:
    """DATE itself does not count (Civil Code 201)."""
    calendar = _calendar(estimate)
    found = calendar.add(day, number)
    return _told({"day": found}, f"{found}", (day, found), calendar, voice)


@group.command("count", said=Said("A 之后至 B（含）的工作日数", "Working days after A, up to and including B"))
@click.argument("first", metavar="A", type=DAY)
@click.argument("last", metavar="B", type=DAY)
@estimate
@answers
def count(voice: Voice, first: date, last: date, estimate: bool) -> Answer:
    """The first day is not counted, the last is."""
    if last < first:
        return Refused(f"{last} lies before {first}", "B", "C01")
    calendar = _calendar(estimate)
    both = calendar.between(first, last)
    found = calendar.count(first, last)
    text = voice.pick(f"{found} 个工作日（首日亦计则 {both}）", f"{found} working days ({both} with the first day)")
    return _told({"count": found, "with_first": both}, text, (first, last), calendar, voice)


def _told(plain: dict[str, Any], text: str, span: tuple[date, date], calendar: Calendar, voice: Voice) -> Told:
    estimated = calendar.estimates(*span)
    sources = _sources(*span)
    marks = (
        [voice.pick("含估算：该年放假安排尚未公布", "an estimate: no notice covers all of these years")]
        if estimated
        else []
    )
    return Told({**plain, "estimate": estimated, "notices": sources}, [text, *marks, *(f"  {one}" for one in sources)])


@command("words", Said("金额与大写互换：数字得大写，大写得数字", "An amount in capital characters, or back"), NEGATIVE)
@click.argument("amount")
@answers
def words(voice: Voice, amount: str) -> Answer:
    """Both ways, by the People's Bank's rules for bills."""
    del voice
    try:
        found = Money.parse(amount) if amount[:1] in "0123456789-+." else parse_words(amount)
        capital = in_words(found)
    except NotMoney as wrong:
        return Refused(str(wrong), "amount", "C02")
    return Told({"amount": str(found), "words": capital}, [f"{found.grouped()}  {capital}"])
