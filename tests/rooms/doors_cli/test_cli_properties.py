"""Laws of typing and showing: what is typed reads back as what was meant, and columns never slip."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.doors.cli.moments import end_of, happened, read_day, read_moment
from yunyue.doors.cli.table import table, width
from yunyue.doors.cli.typed import only_digest, payload, supposition
from yunyue.host.clock import BEIJING
from yunyue.journal.facts import (
    BY_TYPE,
    Change,
    ClaimRaised,
    ContractSupplemented,
    CopiesExchanged,
    FactCorrected,
    IncidentOpened,
    Payload,
    PaymentMade,
    StaffProposed,
    TrainingHeld,
    UsageMetered,
)
from yunyue.kernel import Happening
from yunyue.money import BOUND, Money

DAYS = st.dates(date(1970, 1, 2), date(2199, 12, 30))
KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(
    lambda text: not text.startswith("@")
)
DIGESTS = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
SUMS = st.integers(0, BOUND - 1).map(Money)
NOW = datetime(2024, 6, 1, 9, tzinfo=BEIJING)
MOMENTS = st.datetimes(
    datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01"), timezones=st.just(BEIJING)
)

PAYLOADS: st.SearchStrategy[Payload] = st.one_of(
    st.builds(PaymentMade, instalment=st.integers(1, 99), amount=SUMS, document=DIGESTS),
    st.builds(ClaimRaised, claim=KEYS, by=st.sampled_from(["client", "provider"]), amount=SUMS, document=DIGESTS),
    st.builds(CopiesExchanged, client=st.integers(0, 2**53 - 1), provider=st.integers(0, 2**53 - 1)),
    st.builds(StaffProposed, person=KEYS, post=st.sampled_from(["manager", "engineer"]), replaces=st.none() | KEYS),
    st.builds(FactCorrected, corrects=KEYS, replacement=st.none() | KEYS, reason=TEXTS),
    st.builds(IncidentOpened, incident=KEYS, order=KEYS, severity=st.integers(1, 4), about=TEXTS),
    st.builds(
        TrainingHeld,
        kind=st.sampled_from(["business", "skills", "confidentiality"]),
        persons=st.lists(KEYS, min_size=1, max_size=4).map(tuple),
        document=DIGESTS,
    ),
    st.tuples(MOMENTS, st.integers(0, 10**6), st.integers(0, 10**9)).map(
        lambda drawn: UsageMetered(
            order="o1",
            meter="m1",
            quantity=Decimal(drawn[2]).scaleb(-3),
            start=drawn[0],
            end=drawn[0] + timedelta(seconds=drawn[1]),
        )
    ),
    st.builds(
        ContractSupplemented,
        supplement=KEYS,
        effective=DAYS,
        client_signed=DAYS,
        client_sealed=DAYS,
        provider_signed=DAYS,
        provider_sealed=DAYS,
        changes=st.lists(
            st.builds(
                Change,
                path=st.from_regex(r"[a-z][a-z_0-9]{0,9}(\.[A-Za-z0-9_-]{1,9}){0,2}", fullmatch=True),
                value=TEXTS,
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        document=DIGESTS,
    ),
)


def words(said: Payload) -> list[str]:
    """How a person would type a fact."""
    found: list[str] = []
    for name in said.__struct_fields__:
        found += _typed(name, getattr(said, name))
    return found


def _typed(name: str, value: Any) -> list[str]:
    match value:
        case None:
            return [f"{name}="]
        case datetime() | date():
            return [f"{name}={value.isoformat()}"]
        case bool():
            return [f"{name}={str(value).lower()}"]
        case tuple() if name == "changes":
            return [f"changes.{one.path}={one.value}" for one in value]
        case tuple():
            return [f"{name}={one}" for one in value]
        case _:
            return [f"{name}={value}"]


@given(PAYLOADS)
def test_whatever_is_typed_reads_back_as_what_was_meant(said: Payload) -> None:
    assert payload(said.type, words(said), only_digest) == said


@given(PAYLOADS, st.data())
def test_a_fact_with_a_field_left_out_is_refused_and_the_field_named(said: Payload, data: st.DataObject) -> None:
    left_out = data.draw(st.sampled_from(said.__struct_fields__))
    kept = [word for word in words(said) if word.partition("=")[0].partition(".")[0] != left_out]
    found = payload(said.type, kept, only_digest)
    assert isinstance(found, Refused)
    assert left_out in found.reason


@given(st.sampled_from(sorted(BY_TYPE)), st.lists(st.text(max_size=30), max_size=6))
def test_no_words_at_all_make_it_fall_over(kind: str, typed: list[str]) -> None:
    safe = [word for word in typed if "=@" not in word]
    found = payload(kind, safe, only_digest)
    assert isinstance(found, Refused | Payload)


@given(st.text(max_size=80).filter(lambda text: "=@" not in text))
def test_no_what_if_at_all_makes_it_fall_over(line: str) -> None:
    assert isinstance(supposition(line, NOW), Refused | Happening)


@given(DAYS)
def test_a_day_reads_back_and_happened_on_itself(day: date) -> None:
    assert read_day(day.isoformat()) == day
    assert happened(day, NOW).date() == day


@given(DAYS)
def test_known_to_the_end_of_a_day_is_before_the_next(day: date) -> None:
    end = end_of(day)
    assert end.date() == day
    assert (end + timedelta(milliseconds=1)).date() == day + timedelta(days=1)


@given(MOMENTS)
def test_a_moment_reads_back(moment: datetime) -> None:
    assert read_moment(moment.isoformat()) == moment
    assert read_moment(moment.replace(tzinfo=None).isoformat()) in (moment, moment.date())


CELLS = st.text(st.characters(categories=("L", "Nd"), max_codepoint=0x9FFF), max_size=12)


@given(
    st.integers(1, 4).flatmap(lambda columns: st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=1))
)
def test_every_column_begins_at_the_same_place(rows: list[list[str]]) -> None:
    lines = table(rows[0], rows[1:] or rows)
    marked = [[*row, "|"] for row in (rows[1:] or rows)]
    ended = table([*rows[0], "|"], marked)
    assert len({width(line) for line in ended}) == 1
    assert len(lines) == len(rows[1:] or rows) + 1
