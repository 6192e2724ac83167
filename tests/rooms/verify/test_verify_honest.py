"""Honest statements hold: on any day, under any reading, with supplements, breaches, force majeure, a missed SLA."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from bundle_cast import DOCUMENT, Happening, make_cast, sample_terms
from yunyue.contract.readings import READINGS
from yunyue.verify import verify

TROUBLE: list[Happening] = [
    ("2024-05-06", "majeure.began", {"event": "flood", "about": "flood"}),
    ("2024-05-08", "majeure.ended", {"event": "flood"}),
    ("2024-05-27", "breach.confirmed", {"breach": "b1", "by": "provider", "about": "x", "document": DOCUMENT}),
    ("2024-05-29", "breach.cured", {"breach": "b1"}),
    (
        "2024-07-01",
        "verdict.reached",
        {
            "service": "monitor",
            "objective": "monitor-availability",
            "month": "2024-06",
            "method": "M1",
            "measured": "98.5",
            "target": "99.9",
            "met": False,
            "counted_minutes": 43_200,
            "excluded_minutes": 0,
            "rests_on": ["f3"],
        },
    ),
    (
        "2024-10-01",
        "rectification.ordered",
        {"notice": "n1", "about": "x", "deadline": "2024-10-20", "document": DOCUMENT},
    ),
    ("2024-10-05", "claim.raised", {"claim": "c1", "by": "client", "amount": "12.34", "document": DOCUMENT}),
    ("2024-12-20", "acceptance.held", {"milestone": "final", "result": "failed", "opinion": DOCUMENT}),
    ("2024-12-25", "acceptance.held", {"milestone": "final", "result": "failed", "opinion": DOCUMENT}),
]
CHOICES = [(reading.id, choice.key) for reading in READINGS for choice in reading.choices]
SIGNED = {f"{who}_{did}": "2024-05-01" for who in ("client", "provider") for did in ("signed", "sealed")}


def supplement(path: str, value: str) -> Happening:
    """A supplement that changes one term from 1 May on."""
    changes = [{"path": path, "value": value}]
    said = {"supplement": "s2", "effective": "2024-05-01", "changes": changes}
    return "2024-05-01", "contract.supplemented", {**said, **SIGNED, "document": DOCUMENT}


def problems(folder: Path, as_of: date, **given: object) -> list[str]:
    """What the verifier has against an honest bundle."""
    cast = make_cast(folder, as_of, **given)  # type: ignore[arg-type]  # handed through as they are
    return [fault.said("en") for fault in verify(cast.bundle(), [cast.key]).faults]


@pytest.mark.parametrize("month", range(4, 13))
@pytest.mark.parametrize("day", [11, 24, 30])
def test_the_statement_of_any_day_holds(tmp_path: Path, month: int, day: int) -> None:
    assert problems(tmp_path, date(2024, month, day), more=TROUBLE) == []


@pytest.mark.parametrize("as_of", [date(2024, 5, 20), date(2025, 3, 1), date(2026, 12, 31)])
@pytest.mark.parametrize(("reading", "choice"), CHOICES)
def test_the_statement_under_any_reading_holds(tmp_path: Path, reading: str, choice: str, as_of: date) -> None:
    terms = sample_terms()
    penalties = msgspec.structs.replace(terms.penalties, daily_cap=Decimal("0.001") if choice == "capped" else None)
    readings = {**terms.readings, reading: choice}
    changed = msgspec.structs.replace(terms, readings=readings, cover_date=date(2024, 4, 10), penalties=penalties)
    assert problems(tmp_path, as_of, terms=changed, more=TROUBLE) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("instalments.1.within_workdays", "40"),
        ("penalties.client_daily", "0.0002"),
        ("penalties.provider_days", "3"),
        ("readings.A2", "monday_to_friday"),
        ("readings.A19", "plus_one"),
        ("term", '{ start = 2024-04-11, end = 2025-02-28, place = { zh = "北京", en = "Beijing" } }'),
    ],
)
def test_the_statement_under_a_supplement_holds(tmp_path: Path, path: str, value: str) -> None:
    assert problems(tmp_path, date(2024, 10, 15), more=[*TROUBLE, supplement(path, value)]) == []


def test_a_supplement_that_is_corrected_changes_nothing(tmp_path: Path) -> None:
    wrong = supplement("penalties.client_daily", "0.0002")
    corrected: Happening = ("2024-05-02", "fact.corrected", {"corrects": "f14", "replacement": None, "reason": "x"})
    cast = make_cast(tmp_path, more=[wrong, corrected])
    report = verify(cast.bundle(), [cast.key])
    assert report.ok
    assert {row["id"]: row["amount"] for row in report.lines}["late-payment-1"] == "958.40"
