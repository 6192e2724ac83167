"""Keys, certificates, the bill of materials and self-checks of a contract. Programs that encrypt use /v1 instead."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.office import office
from yunyue.doors.vault import seen
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.crypto.acting import WAITING_DAYS, decide, do, waiting
from yunyue.doors.web.crypto.checking import Standing, begin, standing
from yunyue.doors.web.crypto.models import KeyWish, SelfCheck
from yunyue.doors.web.crypto.roles import CHECKERS, DESTROYERS, KEY_READERS, SAVERS
from yunyue.doors.web.crypto.showing import seal_state
from yunyue.doors.web.crypto.views.keys import bill_of
from yunyue.doors.web.crypto.views.selfchecks import LONGEST, reports
from yunyue.host.ciphers.faults import disabled
from yunyue.services.crypto.custody.acts import Wish
from yunyue.services.crypto.inventory import HeldCertificate, HeldKey, Holdings
from yunyue.services.crypto.moments import rfc3339

router = Router(tags=["crypto"])
READ: Final = Roles(KEY_READERS)
Text = Annotated[str, Field(max_length=LONGEST)]


class Seal(Schema):
    """Whether the vault is open ("new": it was not made yet); so many of `needed` shares were given.

    `disabled`: ciphers and tokens that fail their known answers or are out of reach, and why.
    """

    state: Literal["new", "sealed", "open"]
    needed: int
    shares: int
    given: int
    disabled: dict[str, str]


class KeyVersion(Schema):
    """A version of a key; `uses`: how often it encrypted, at most."""

    number: int
    made: str
    uses: int
    decrypts: bool


class HeldKeyShown(Schema):
    """A key. `erase_at`: when one that waits for destruction is gone; `age_days` of its latest version."""

    space: str
    mount: str
    tenant: str
    name: str
    type: str
    state: Literal["active", "disabled", "waiting"]
    age_days: int
    rotation_seconds: int
    exportable: bool
    erase_at: str | None
    versions: list[KeyVersion]


class CertificateShown(Schema):
    """A certificate; `where`: the key or authority it lies with."""

    mount: str
    where: str
    subject: str
    issuer: str
    serial: str
    begins: str
    ends: str
    days_left: int
    revoked: bool


class ActWanted(Schema):
    """Something to do with a key. `days`: how long one that is to be destroyed waits."""

    space: Annotated[str, Field(max_length=64)]
    key: Annotated[str, Field(max_length=128)]
    act: Literal["rotate", "disable", "enable", "delete", "undelete"]
    days: Annotated[int, Field(ge=WAITING_DAYS[0], le=WAITING_DAYS[1])] = WAITING_DAYS[0]


class WishShown(Schema):
    """A wish to destroy a key, which another person decides."""

    number: int
    space: str
    key: str
    days: int
    asked_by: str
    asked: datetime


class Decision(Schema):
    """Whether the key shall be destroyed."""

    agree: bool


class SelfCheckWanted(Schema):
    """What to look at. `endpoints`: host:port, one a line; the other texts as the console's form takes them."""

    keys: bool = False
    endpoints: Text = ""
    sshd: Text = ""
    passwords: Text = ""
    column_name: Annotated[str, Field(max_length=100)] = ""
    column: Text = ""
    packages: Text = ""


class SelfCheckShown(Schema):
    """A self-check: `done` of `total` endpoints and keys were looked at, the last `doing`.

    `counted`: of its report, requirements by state; empty until that is there.
    """

    number: int
    tenant: str
    made: datetime
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int
    doing: str
    counted: dict[str, int]


class SelfCheckTold(SelfCheckShown):
    """The same with its report, null until that is there: every requirement with its findings."""

    report: dict[str, Any] | None


@router.get("/{contract}/crypto/seal", auth=READ, response=Seal, summary="State of the vault's seal")
def seal(request: HttpRequest, contract: str) -> Seal:
    """One vault serves all contracts of an installation."""
    del request, contract
    found = seal_state()
    off = {one.algorithm: one.reason for one in disabled()}
    return Seal(state=found.state, needed=found.needed, shares=found.shares, given=found.given, disabled=off)


@router.get(
    "/{contract}/crypto/keys", auth=READ, response={200: list[HeldKeyShown], 422: Problem}, summary="Keys of a contract"
)
def keys(request: HttpRequest, contract: str) -> Any:
    """A tenant user's own department's, the others all. Refused while the vault is sealed."""
    held = _held(request, contract)
    return Status(422, problem(held)) if isinstance(held, Refused) else [_key(one, held.now) for one in held.keys]


@router.get(
    "/{contract}/crypto/certificates",
    auth=READ,
    response={200: list[CertificateShown], 422: Problem},
    summary="Certificates of a contract",
)
def certificates(request: HttpRequest, contract: str) -> Any:
    """Those that end first come first."""
    held = _held(request, contract)
    if isinstance(held, Refused):
        return Status(422, problem(held))
    return [_certificate(one, held.now) for one in held.certificates]


@router.get(
    "/{contract}/crypto/cbom",
    auth=READ,
    response={200: dict[str, Any], 422: Problem},
    summary="Cryptographic bill of materials",
)
def cbom(request: HttpRequest, contract: str) -> Any:
    """CycloneDX 1.7: keys with versions, state and age, certificates, algorithms, libraries."""
    held = _held(request, contract)
    return Status(422, problem(held)) if isinstance(held, Refused) else bill_of(held)


@router.post(
    "/{contract}/crypto/acts",
    auth=Roles(SAVERS),
    response={202: WishShown, 204: None, 422: Problem},
    summary="Rotate, disable, enable, bring back a key; ask that it be destroyed",
)
def act(request: HttpRequest, contract: str, wanted: ActWanted) -> Any:
    """204: done, and in the use log. 202: asked for; another person decides."""
    wish = Wish(wanted.space, wanted.key, wanted.act, wanted.days)
    done = do(account_of(request), contract, wish)
    if isinstance(done, Refused):
        return Status(422, problem(done))
    return Status(204, None) if done is None else Status(202, _wish(done))


@router.get(
    "/{contract}/crypto/wishes", auth=READ, response=list[WishShown], summary="Keys whose destruction was asked for"
)
def wishes(request: HttpRequest, contract: str) -> list[WishShown]:
    """Those nobody decided yet."""
    return [_wish(one) for one in waiting(contract, account_of(request).tenant)]


@router.post(
    "/{contract}/crypto/wishes/{number}/decision",
    auth=Roles(DESTROYERS, sensitive=True),
    response={204: None, 422: Problem},
    summary="Decide whether a key is destroyed",
    url_name="wish_decision",
)
def decision(request: HttpRequest, contract: str, number: int, wanted: Decision) -> Any:
    """Whoever asked for it cannot decide. The key waits 7 to 30 days, and can be brought back until then."""
    refused = decide(account_of(request), contract, number, agree=wanted.agree)
    return Status(422, problem(refused)) if refused is not None else Status(204, None)


@router.get(
    "/{contract}/crypto/selfchecks", auth=READ, response=list[SelfCheckShown], summary="Self-check reports (自评)"
)
def selfchecks(request: HttpRequest, contract: str) -> list[SelfCheckShown]:
    """The newest twenty."""
    return [_shown(one, stands) for one, stands in reports(contract, account_of(request))]


@router.get(
    "/{contract}/crypto/selfchecks/{number}",
    auth=READ,
    response={200: SelfCheckTold, 404: Problem},
    summary="A self-check: how far it is, and its report",
)
def selfcheck(request: HttpRequest, contract: str, number: int) -> Any:
    """Ask again until `state` is done or failed. A self-assessment by software, no certificate."""
    tenant = account_of(request).tenant
    found = SelfCheck.objects.filter(pk=number, contract=contract).first()
    if found is None or (tenant and found.tenant != tenant):
        return Status(404, problem(Refused("there is no such report", "number")))
    return SelfCheckTold(**_shown(found, standing(found)).dict(), report=found.content)


@router.post(
    "/{contract}/crypto/selfchecks",
    auth=Roles(CHECKERS),
    response={202: SelfCheckShown, 422: Problem},
    summary="Begin a self-check",
)
def begin_selfcheck(request: HttpRequest, contract: str, wanted: SelfCheckWanted) -> Any:
    """Durable work: it goes on after a restart. What is typed in is judged at once; nothing of it is kept but names."""
    given = {**wanted.dict(), "keys": "1" if wanted.keys else ""}
    made = begin(account_of(request), contract, given)
    if isinstance(made, Refused):
        return Status(422, problem(made))
    return Status(202, _shown(made, standing(made)))


def _held(request: HttpRequest, contract: str) -> Holdings | Refused:
    return seen(office(), contract, account_of(request).tenant)


def _key(key: HeldKey, now: int) -> HeldKeyShown:
    return HeldKeyShown(
        space=key.mount.identifier,
        mount=key.mount.path,
        tenant=key.mount.tenant,
        name=key.name,
        type=key.kind,
        state=key.state,
        age_days=key.age_days(now),
        rotation_seconds=key.period,
        exportable=key.exportable,
        erase_at=rfc3339(key.erase_at) if key.erase_at else None,
        versions=[
            KeyVersion(number=one.number, made=rfc3339(one.made), uses=one.uses, decrypts=one.usable)
            for one in key.versions
        ],
    )


def _certificate(one: HeldCertificate, now: int) -> CertificateShown:
    return CertificateShown(
        mount=one.mount.path,
        where=one.where,
        subject=one.subject,
        issuer=one.issuer,
        serial=one.serial,
        begins=rfc3339(one.begins),
        ends=rfc3339(one.ends),
        days_left=one.days_left(now),
        revoked=bool(one.revoked),
    )


def _wish(one: KeyWish) -> WishShown:
    return WishShown(
        number=one.pk, space=one.space, key=one.key, days=one.days, asked_by=one.asked_by.pseudonym, asked=one.asked
    )


def _shown(one: SelfCheck, stands: Standing) -> SelfCheckShown:
    return SelfCheckShown(
        number=one.pk,
        tenant=one.tenant,
        made=one.made,
        state=stands.state,
        done=stands.done,
        total=stands.total,
        doing=stands.doing,
        counted=one.content["counted"] if one.content is not None else {},
    )
