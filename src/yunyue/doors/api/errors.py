"""A refusal as an answer of the API: what was wrong, in which field, by which clause."""

from ninja import Schema
from ninja.errors import ValidationError

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID
from yunyue.doors.phrases import chinese


class Problem(Schema):
    """Why nothing was done, in English and in Chinese.

    `clause` is an id of docs/clauses.md, `clause_title` its words; empty when none applies.
    """

    reason: str
    reason_zh: str
    field: str
    clause: str
    clause_title: str


def problem(refused: Refused) -> Problem:
    """The refusal in the shape of the API."""
    clause = BY_ID.get(refused.clause)
    title = f"{clause.reference} {clause.zh} / {clause.en}" if clause else ""
    return Problem(
        reason=refused.reason,
        reason_zh=chinese(refused.reason),
        field=refused.field,
        clause=refused.clause,
        clause_title=title,
    )


def misunderstood(error: ValidationError) -> Problem:
    """Why a request was not understood: the first field that is wrong, named from the request's root, and the rule."""
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"])
    return problem(Refused(f"the API does not take this: {first['msg']}", field))
