"""A bundle with score sheets: their points and what the annex's ladder makes of them are computed again offline."""

from typing import Any

import pytest

from bundle_cast import DOCUMENT, Cast, Happening, forged, make_cast, sample_terms
from yunyue import verify
from yunyue.contract.amend import amend
from yunyue.contract.terms import Terms
from yunyue.journal.facts import Change

SCORE = "score-s2-2024-06"
COMPENSATION = "compensation-monitor-score-2024-05"
OBJECTIVES = (
    '[{id="monitor-score", service="monitor", indicator="score.monthly", method="M6", target="90", '
    'title={zh="考核得分", en="Score"}, ladder=[{below="90", share="0.05"}, {below="80", share="0.1"}]}]'
)
CRITERIA = [{"code": "down", "title": "Outages", "most": "30", "each": "7"}]


def sheet(name: str, month: str, count: int, service: str | None) -> Happening:
    """A sheet that lost so many outages at seven points."""
    lost = [{"criterion": "down", "count": count, "points": str(7 * count), "evidence": ["f8", DOCUMENT]}]
    said = {"score": name, "template": "monthly", "month": month, "service": service, "deductions": lost}
    return ("2024-07-02", "score.given", {**said, "points": str(100 - 7 * count)})


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """A log whose contract ties the sheets of monitoring to money, and one sheet of no service."""
    terms = amend(sample_terms(), [Change("sla.objectives", OBJECTIVES)])
    assert isinstance(terms, Terms), terms
    template: dict[str, object] = {
        "template": "monthly",
        "pattern": "outages",
        "title": "Monthly",
        "criteria": CRITERIA,
    }
    more: list[Happening] = [
        ("2024-04-20", "score.template.set", template),
        sheet("s1", "2024-05", 3, "monitor"),
        sheet("s2", "2024-06", 1, None),
    ]
    return make_cast(tmp_path_factory.mktemp("scored"), terms=terms, more=more)


def node(said: dict[str, Any], line: str, key: str, name: str) -> dict[str, Any]:
    """The node of a line's arithmetic that has this word at this key."""
    stack = [next(one for one in said["lines"] if one["id"] == line)["working"]]
    while stack:
        found: dict[str, Any] = stack.pop()
        if found.get(key) == name:
            return found
        stack.extend(found.get("args", ()))
    raise AssertionError(f"{line} has no {name}")


def test_points_and_compensation_follow_from_the_sheet_its_template_and_the_annex(scored: Cast) -> None:
    report = verify.verify(scored.bundle(), [scored.key])
    assert report.faults == []
    found = {line["id"]: line for line in report.lines}
    assert found[SCORE]["amount"] is None
    # One outage at 7 points leaves 93; three leave 79, below 80: a tenth of what 31 of the 296 days cost.
    assert found[SCORE]["formula"] is not None
    assert found[SCORE]["formula"].endswith("= 93")
    assert found[COMPENSATION]["amount"] == "1193.92"


@pytest.mark.parametrize(
    ("line", "key", "name", "value", "rule"),
    [
        (SCORE, "field", "deductions.1.count", 2, "fact"),
        (SCORE, "field", "criteria.down.each", 6, "fact"),
        (SCORE, "given", "full", 99, "given"),
        (SCORE, "op", "minus", 94, "sum"),
        (COMPENSATION, "term", "sla.objectives.monitor-score.ladder.2.below", 79, "term"),
        (COMPENSATION, "op", "rung", "0.05", "sum"),
    ],
)
def test_a_lie_about_a_score_is_found(scored: Cast, line: str, key: str, name: str, value: object, rule: str) -> None:
    def lie(said: dict[str, Any]) -> None:
        node(said, line, key, name)["value"] = value

    report = verify.verify(forged(scored, "statement", lie), [scored.key])
    assert rule in {fault.rule for fault in report.faults}
    assert all(fault.where.startswith(f"statement.lines.{line}.working") for fault in report.faults)


@pytest.mark.parametrize("args", [["85"], ["85", "80"], ["85", "80", "0.1"], ["2024-05-01", "90", "0.1"]])
def test_a_ladder_that_is_none_is_refused(args: list[str]) -> None:
    tree = {"op": "rung", "args": [{"given": "zero", "value": 0}] * len(args), "value": 0, "why": ""}
    court = verify.Recount({}, {"readings": {}}, {}, {})
    values = [verify.value_of(one, "") for one in args]
    with pytest.raises((ValueError, TypeError)):
        verify._result(tree, values, court)


def test_the_number_on_a_bound_is_not_below_it() -> None:
    court = verify.Recount({}, {"readings": {}}, {}, {})
    values = [verify.value_of(one, "") for one in ("80", "90", "0.05", "80", "0.1")]
    assert verify._result({"op": "rung", "why": ""}, values, court) == verify.value_of("0.05", "")


def test_the_sheet_itself_must_be_in_the_bundle(scored: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        node(said, SCORE, "field", "deductions.1.count")["fact"] = "f99"

    report = verify.verify(forged(scored, "statement", lie), [scored.key])
    assert [fault.rule for fault in report.faults] == ["missing"]
