"""A refusal as an answer of the API: what was wrong, in which field, by which clause."""

from ninja import Schema

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID


class Problem(Schema):
    """Why nothing was done. `clause` is an id of docs/clauses.md, `clause_title` its words; empty when none applies."""

    reason: str
    field: str
    clause: str
    clause_title: str


def problem(refused: Refused) -> Problem:
    """The refusal in the shape of the API."""
    clause = BY_ID.get(refused.clause)
    title = f"{clause.reference} {clause.zh} / {clause.en}" if clause else ""
    return Problem(reason=refused.reason, field=refused.field, clause=refused.clause, clause_title=title)
