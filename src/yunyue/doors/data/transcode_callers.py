"""Who asks the transcoding door: a department's user, by a token of theirs or by their session in the console.

To be imported only once Django's settings are known.
"""

from collections.abc import Mapping
from typing import Final

from django.db import connection

from yunyue.answer import Refused
from yunyue.doors.data.noting import Seen
from yunyue.doors.data.transcode import Asker, Turned
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.viewing import viewer

OWN_SITE: Final = ("same-origin",)
HEADER: Final = "x-yunyue-console"
"""A header that a page of another site can send only after asking us, and we never say yes."""


def caller(headers: Mapping[str, str], cookies: Mapping[str, str], act: str, contract: str) -> Asker | Turned:
    """Who asks. Turned away: nobody, another role, a token for something else, a page of another site."""
    try:
        given = headers.get("authorization", "")
        return _by_token(given, act, contract) if given else _by_session(headers, cookies, act)
    finally:
        # Threads of the front door come and go, and Django keeps a connection for each.
        connection.close()


def _by_token(given: str, act: str, contract: str) -> Asker | Turned:
    kind, _, secret = given.partition(" ")
    found = tokens.bearer(secret.strip()) if kind.lower() == "bearer" else Refused("no bearer token")
    if isinstance(found, Refused):
        return Turned(401, found.reason)
    account = found.account
    seen = Seen(f"{found.pseudonym} {account.pseudonym}", account.role, account.tenant)
    if account.role != Role.TENANT_USER:
        return Turned(403, f"role {account.role} does not hand in films", seen)
    if f"transcode:{act}" not in found.granted:
        return Turned(403, f"this token is not for transcode:{act}", seen)
    if found.contract not in ("", contract):
        return Turned(403, f"this token is for contract {found.contract!r} only", seen)
    return Asker(account.tenant, seen)


def _by_session(headers: Mapping[str, str], cookies: Mapping[str, str], act: str) -> Asker | Turned:
    seen = viewer(cookies)
    if seen is None:
        return Turned(401, "log in, or show a token")
    who = Seen(seen.actor, seen.role, seen.tenant)
    if seen.role != Role.TENANT_USER or not seen.tenant:
        return Turned(403, f"role {seen.role} does not hand in films", who)
    own = headers.get("sec-fetch-site", "same-origin") in OWN_SITE and headers.get(HEADER) == "1"
    if act == "write" and not own:
        return Turned(403, f"a request by session carries the header {HEADER}: 1 and comes from our own pages", who)
    return Asker(seen.tenant, who)
