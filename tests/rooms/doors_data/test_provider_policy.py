"""A form may lead to the identity provider, and nowhere else; who is behind the front door knows the request's id."""

import asyncio
from typing import Any

from yunyue.doors.data.headers import Rules
from yunyue.doors.serve import origin


def answered(rules: Any, headers: list[tuple[bytes, bytes]]) -> tuple[dict[str, str], dict[bytes, bytes]]:
    """The headers of the answer, and those that whoever is behind saw."""
    seen: dict[bytes, bytes] = {}
    sent: dict[str, str] = {}

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        seen.update(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def keep(message: Any) -> None:
        sent.update({name.decode(): value.decode() for name, value in message["headers"]})

    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    asyncio.run(rules(behind)(scope, None, keep))
    return sent, seen


def test_without_a_provider_a_form_stays_here() -> None:
    sent, _seen = answered(Rules, [])
    assert "form-action 'self';" in sent["content-security-policy"] + ";"


def test_with_a_provider_a_form_may_lead_there_too() -> None:
    sent, _seen = answered(lambda app: Rules(app, provider="https://id.example"), [])
    assert "form-action 'self' https://id.example" in sent["content-security-policy"]
    assert "unsafe" not in sent["content-security-policy"]


def test_who_is_behind_knows_the_id_the_answer_carries_and_not_an_invented_one() -> None:
    sent, seen = answered(Rules, [(b"x-request-id", b"bad id <script>")])
    assert seen[b"x-request-id"].decode() == sent["x-request-id"]
    assert b"script" not in seen[b"x-request-id"]


def test_a_site_is_named_by_scheme_host_and_port() -> None:
    assert origin("https://id.example:8443/realms/a") == "https://id.example:8443"
    assert origin("") == ""
