"""What the API takes and gives, as its OpenAPI description tells it. Amounts are decimal text, moments carry a zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from yunyue.journal.envelope import Recorded
from yunyue.kernel.inclusion import Inclusion

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")]
Own = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._:/-]{0,99})?$")]
"""An id of the sender's own: what is sent again under it, because the answer was lost, is refused."""


class Contract(Schema):
    """A registered contract. `sample` (示例): its annexes or itself are for trying out."""

    id: str
    title_zh: str
    title_en: str
    start: date
    end: date
    total: str
    sample: bool


class Envelope(Schema):
    """A fact's CloudEvents attributes, its place in the journal, and what it says."""

    sequence: int
    id: str
    type: str
    contract: str
    actor: str
    source: str
    time: datetime
    recorded: datetime
    data: dict[str, Any]


class Facts(Schema):
    """A page of facts in journal order; `next` is the sequence to ask from for more, or null."""

    facts: list[Envelope]
    next: int | None


class Proof(Schema):
    """An RFC 9162 inclusion proof, hashes in hexadecimal, under the published head."""

    index: int
    leaf_hash: str
    path: list[str]
    size: int
    root: str
    origin: str
    holds: bool


class ProvenFact(Schema):
    """A fact, the canonical bytes that are hashed as its leaf, and the proof that they stand in the journal."""

    fact: Envelope
    leaf: str
    proof: Proof


class Supposed(Schema):
    """Something that did not happen (yet): a type of fact, its fields, and when."""

    type: str
    time: datetime
    data: dict[str, Any]


class WhatIf(Schema):
    """A day to settle as of, and what to suppose."""

    as_of: date
    supposed: Annotated[list[Supposed], Field(max_length=1000)]


class OrderWish(Schema):
    """What to order: a catalogue item of a service, for a department, with the service's own parameters.

    `id`: the sender's own, by which the order goes then; taken once.
    """

    service: Annotated[str, Field(max_length=32)]
    item: Annotated[str, Field(max_length=64)]
    quantity: Decimal
    tenant: Id
    deliver_by: date
    parameters: dict[str, Any]
    id: Own = ""


class Ordered(Schema):
    """The id of the order that was placed; it is provided once another person approves it."""

    order: str


class Offer(Schema):
    """A service of the catalogue. `parameters` is a JSON Schema; `reason` says why it cannot be ordered yet."""

    code: str
    title_zh: str
    title_en: str
    available: bool
    reason: str
    parameters: dict[str, Any]


def envelope(one: Recorded, data: dict[str, Any]) -> Envelope:
    """A recorded fact in the shape of the API."""
    fact = one.fact
    return Envelope(
        sequence=one.sequence,
        id=fact.id,
        type=fact.type,
        contract=fact.subject,
        actor=fact.actor,
        source=fact.source,
        time=fact.time,
        recorded=one.recorded,
        data=data,
    )


def proof(found: Inclusion) -> Proof:
    """An inclusion proof in the shape of the API."""
    return Proof.model_validate(found.plain())


class Intended(Schema):
    """What somebody says under a contract: a type of fact, its fields, when. `id`: the sender's own, sent once."""

    type: str
    time: datetime
    data: dict[str, Any]
    id: Own = ""


class Put(Schema):
    """What was taken in, under which id; with `waits` it counts once another person agrees."""

    id: str
    waits: bool


class ProposalShown(Schema):
    """A proposal: awaiting, approved or rejected. `data`: the fields of what is proposed, where one is asked for."""

    id: str
    type: str
    state: str
    at: datetime
    maker: str
    made: datetime
    decided_by: str
    decided: datetime | None
    data: dict[str, Any] | None


class Decision(Schema):
    """Agree, or send back with a reason."""

    decision: Literal["approve", "reject"]
    reason: Annotated[str, Field(max_length=2000)] = ""


class CommentWish(Schema):
    """A comment on a fact. `id`: the sender's own, taken once."""

    about: str
    text: str
    id: Own = ""


class CommentShown(Schema):
    """What a third party said about a fact."""

    id: str
    about: str
    by: str
    at: datetime
    text: str


class AccountWish(Schema):
    """An account to open: `person` is what the office calls its holder, `tenant` a tenant user's department."""

    account: str
    person: str
    role: str
    tenant: str = ""


class AccountShown(Schema):
    """An account; `state` is active, waiting or closed."""

    number: int
    account: str
    person: str
    role: str
    tenant: str
    state: str


class Once(Schema):
    """A one-time password, given this once."""

    number: int
    account: str
    password: str


class SessionShown(Schema):
    """Where somebody is logged in."""

    number: int
    since: datetime
    address: str
    program: str


class TokenWish(Schema):
    """A token to make: scopes such as "facts:read", perhaps for one contract only, for so many days.

    `account`: whose, where not one's own; the security administrator makes third parties' only.
    """

    name: str
    account: Annotated[str, Field(max_length=64)] = ""
    scopes: Annotated[list[str], Field(max_length=40)]
    contract: str = ""
    days: int = 90


class TokenShown(Schema):
    """A token without its secret; `state` is active, expired or revoked."""

    number: int
    account: str
    name: str
    scopes: list[str]
    contract: str
    expires: datetime
    last_used: datetime | None
    state: str


class TokenMade(TokenShown):
    """A new token with its secret, which is given this once."""

    token: str
