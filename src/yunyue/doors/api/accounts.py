"""Accounts, sessions and tokens: what the pages of the administrators and of one's own security do, for programs."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import TOKEN, Roles
from yunyue.doors.api.answering import SOURCE, recorder_of
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.shapes import AccountShown, AccountWish, Once, SessionShown, TokenMade, TokenShown, TokenWish
from yunyue.doors.web.accounts import keeping, sitting, tokens
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account, Token
from yunyue.doors.web.accounts.roles import ACCOUNT_CHECKERS, OPENERS, Role

EVERYBODY: Final = frozenset(Role)
ANSWERS: Final[dict[int, Any]] = {204: None, 404: Problem, 422: Problem}

router = Router()


@router.get(
    "/accounts",
    auth=Roles(OPENERS | ACCOUNT_CHECKERS),
    response=list[AccountShown],
    tags=["accounts"],
    summary="Every account",
)
def accounts(request: HttpRequest) -> list[AccountShown]:
    """Whose they are, as what they come in, and whether they may yet; nothing one could log in with."""
    del request
    return [_account(one) for one in Account.objects.order_by("pk")]


@router.post(
    "/accounts",
    auth=Roles(OPENERS, sensitive=True),
    response={201: Once, 422: Problem},
    tags=["accounts"],
    summary="Open an account",
)
def opening(request: HttpRequest, response: HttpResponse, wanted: AccountWish) -> Any:
    """Its one-time password, given this once; it waits for the security administrator."""
    response["Cache-Control"] = "no-store"
    asked = keeping.Wanted(wanted.account, wanted.person, wanted.role, wanted.tenant)
    done = keeping.open_account(asked, account_of(request), SOURCE)
    if isinstance(done, Refused):
        return Status(422, problem(done))
    made = Account.objects.get(username=wanted.account)
    return Status(201, Once(number=made.pk, account=made.username, password=done))


@router.post(
    "/accounts/{number}/approval",
    auth=Roles(ACCOUNT_CHECKERS, sensitive=True),
    response=ANSWERS,
    tags=["accounts"],
    summary="Let a waiting account in",
    url_name="account_approval",
)
def approval(request: HttpRequest, number: int) -> Any:
    """By another person than who opened it."""
    return _done(number, lambda account: keeping.approve(account, account_of(request), SOURCE))


@router.post(
    "/accounts/{number}/disabling",
    auth=Roles(OPENERS | ACCOUNT_CHECKERS, sensitive=True),
    response=ANSWERS,
    tags=["accounts"],
    summary="Close an account for good",
)
def disabling(request: HttpRequest, number: int) -> Any:
    """The security administrator closes what still waits; the system administrator any but its own."""
    by = account_of(request)

    def close(account: Account) -> Refused | None:
        if by.role in ACCOUNT_CHECKERS and not account.waiting:
            return Refused("the security administrator refuses accounts that wait, and closes no others", "number")
        return keeping.disable(account, by, SOURCE)

    return _done(number, close)


@router.post(
    "/accounts/{number}/reset",
    auth=Roles(OPENERS, sensitive=True),
    response={200: Once, 404: Problem, 422: Problem},
    tags=["accounts"],
    summary="Give an account a new one-time password",
)
def resetting(request: HttpRequest, response: HttpResponse, number: int) -> Any:
    """It waits for approval again. An administrator's password is reset on the machine only."""
    response["Cache-Control"] = "no-store"
    account = Account.objects.filter(pk=number).first()
    if account is None:
        return Status(404, problem(_nobody(number)))
    done = keeping.reset(account, account_of(request), SOURCE)
    if isinstance(done, Refused):
        return Status(422, problem(done))
    return Once(number=number, account=account.username, password=done)


@router.get("/sessions", auth=Roles(EVERYBODY), response=list[SessionShown], tags=["sessions"], summary="My sessions")
def sessions(request: HttpRequest) -> list[SessionShown]:
    """Where one is logged in."""
    found = sitting.seats(account_of(request))
    return [SessionShown(number=o.pk, since=o.since, address=o.address, program=o.program) for o in found]


@router.delete(
    "/sessions/{number}",
    auth=Roles(EVERYBODY),
    response=ANSWERS,
    tags=["sessions"],
    summary="End one of my sessions",
    url_name="session_end",
)
def ending(request: HttpRequest, number: int) -> Any:
    """One's own only."""
    refused = sitting.end_noted(account_of(request), number, recorder_of(request))
    if refused is not None:
        return Status(404, problem(refused))
    return Status(204, None)


@router.get(
    "/tokens", auth=Roles(EVERYBODY), response=list[TokenShown], tags=["tokens"], summary="Tokens, newest first"
)
def listed(request: HttpRequest) -> list[TokenShown]:
    """One's own; the security administrator sees everybody's. Never their secrets."""
    me = account_of(request)
    found = Token.objects.select_related("account").order_by("-created")
    return [_token(one) for one in (found if me.role in ACCOUNT_CHECKERS else found.filter(account=me))]


@router.post(
    "/tokens",
    auth=Roles(EVERYBODY, sensitive=True),
    response={201: TokenMade, 422: Problem},
    tags=["tokens"],
    summary="Make a token",
)
def making(request: HttpRequest, response: HttpResponse, wanted: TokenWish) -> Any:
    """Its secret, given this once. A token makes no token that may do more, or lasts longer, than itself."""
    response["Cache-Control"] = "no-store"
    me, own = account_of(request), getattr(request, TOKEN, None)
    whose = Account.objects.filter(username=wanted.account, is_active=True).first() if wanted.account else me
    if whose is None:
        return Status(422, problem(Refused(f"there is no account {wanted.account!r}", "account")))
    asked = tokens.Asked(wanted.name, tuple(wanted.scopes), wanted.contract, wanted.days)
    refused = None if own is None else tokens.beyond(own, asked)
    made = refused or tokens.make(whose, asked, recorder_of(request), me)
    if isinstance(made, Refused):
        return Status(422, problem(made))
    shown = _token(made[0])
    return Status(201, TokenMade(**shown.dict(), token=made[1]))


@router.delete("/tokens/{number}", auth=Roles(EVERYBODY), response=ANSWERS, tags=["tokens"], summary="Revoke a token")
def revoking(request: HttpRequest, number: int) -> Any:
    """One's own; the security administrator any."""
    me, found = account_of(request), Token.objects.select_related("account").filter(pk=number).first()
    if found is None or (found.account_id != me.pk and me.role not in ACCOUNT_CHECKERS):
        return Status(404, problem(Refused(f"there is no token {number}", "number")))
    refused = tokens.revoke(found, recorder_of(request))
    return Status(204, None) if refused is None else Status(422, problem(refused))


def _done(number: int, act: Any) -> Any:
    account = Account.objects.filter(pk=number).first()
    if account is None:
        return Status(404, problem(_nobody(number)))
    refused = act(account)
    return Status(204, None) if refused is None else Status(422, problem(refused))


def _nobody(number: int) -> Refused:
    return Refused(f"there is no account {number}", "number")


def _account(one: Account) -> AccountShown:
    state = "active" if one.is_active else "waiting" if one.waiting else "closed"
    return AccountShown(
        number=one.pk, account=one.username, person=one.person, role=one.role, tenant=one.tenant, state=state
    )


def _token(one: Token) -> TokenShown:
    return TokenShown(
        number=one.pk,
        account=one.account.username,
        name=one.name,
        scopes=sorted(one.granted),
        contract=one.contract,
        expires=one.expires,
        last_used=one.last_used,
        state=one.state,
    )
