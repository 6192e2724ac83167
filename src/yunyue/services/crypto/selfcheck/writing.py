"""A report as JSON values, and as rows of text for whoever makes a document of it."""

from typing import Any, Literal

from yunyue.services.crypto.moments import rfc3339
from yunyue.services.crypto.selfcheck.clauses import BY_ID, LAYERS, STANDARD, WEIGHTS
from yunyue.services.crypto.selfcheck.finding import LABEL, STATE_TITLES, Finding, Report, Row
from yunyue.settlement.statement import Said

Language = Literal["zh", "en"]
HEADS = {
    "zh": ("层面", "条款", "要求", "程度", "结论", "检测对象", "所见"),
    "en": ("Layer", "Clause", "Requirement", "Weight", "State", "Looked at", "What was seen"),
}


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON values; every one of them says that it is a self-assessment."""
    return {
        "label": _both(LABEL),
        "standard": STANDARD,
        "level": 3,
        "made": rfc3339(report.made),
        "counted": dict(report.counted()),
        "requirements": [_row(one) for one in report.rows],
    }


def read(content: dict[str, Any], made: int) -> Report:
    """The report behind `plain`, as it was kept. Raises KeyError, TypeError for what was not made by it."""
    rows = []
    for one in content["requirements"]:
        found = tuple(
            Finding(one["id"], each["state"], each["looked_at"], Said(each["zh"], each["en"]))
            for each in one["findings"]
        )
        rows.append(Row(BY_ID[one["id"]], one["state"], found))
    return Report(made, tuple(rows))


def noted(finding: Finding) -> dict[str, str]:
    """A finding by itself as JSON values, kept until the report is made."""
    said = finding.said
    return {
        "item": finding.item,
        "state": finding.state,
        "looked_at": finding.looked_at,
        "zh": said.zh,
        "en": said.en,
    }


def reread(one: dict[str, Any]) -> Finding:
    """The finding behind `noted`. Raises KeyError for what was not made by it."""
    return Finding(one["item"], one["state"], one["looked_at"], Said(one["zh"], one["en"]))


def lines(report: Report, language: Language) -> list[tuple[str, ...]]:
    """A row of text for each finding, under `HEADS`."""
    return [
        (
            pick(LAYERS[row.item.layer], language),
            row.item.clause,
            pick(row.item.title, language),
            pick(WEIGHTS[row.item.weight], language),
            pick(STATE_TITLES[each.state], language),
            each.looked_at,
            pick(each.said, language),
        )
        for row in report.rows
        for each in row.findings
    ]


def pick(said: Said, language: Language) -> str:
    """The words in one language."""
    return said.en if language == "en" else said.zh


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _row(row: Row) -> dict[str, Any]:
    item = row.item
    return {
        "id": item.id,
        "clause": item.clause,
        "layer": item.layer,
        "title": _both(item.title),
        "weight": item.weight,
        "state": row.state,
        "findings": [{"state": one.state, "looked_at": one.looked_at, **_both(one.said)} for one in row.findings],
    }
