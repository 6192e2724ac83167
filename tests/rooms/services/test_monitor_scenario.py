"""Scenarios: steps in turn, with what earlier answers gave; the first step that fails ends it and names the failure."""

import asyncio

import pytest
from monitor_servers import Behaviour, hangs, network, page, probe, serving

from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.probe import run
from yunyue.services.monitor.scenario import Step

LOGIN: dict[str, object] = {
    "path": "/login",
    "method": "POST",
    "send": '{"user": "probe"}',
    "keep": "token = $.token\ntrace = header X-Trace",
}
LIST: dict[str, object] = {
    "path": "/list/{{token}}",
    "headers": "Authorization: Bearer {{ token }}",
    "json_path": "$[0]",
}
OUT: dict[str, object] = {"path": "/out?trace={{trace}}", "method": "DELETE", "statuses": "204"}


class Site:
    """A site with a login, a list for those who logged in, and a way out; it keeps what was asked."""

    def __init__(self, token: str = "t 0/k") -> None:
        self.token = token
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        line = head.split("\r\n")[0]
        if line.startswith("POST /login "):
            body = f'{{"token": "{self.token}"}}'.encode()
            writer.write(page(body, headers="X-Trace: 77\r\nSet-Cookie: sid=abc; HttpOnly\r\nSet-Cookie: lang=zh\r\n"))
        elif line.startswith("GET /list/") and "Bearer " in head and "Cookie: sid=abc; lang=zh" in head:
            writer.write(page(b"[1]"))
        elif line.startswith("DELETE /out?trace=77 "):
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            writer.write(page(b"no", "403 Forbidden"))


def walked(site: Behaviour, *steps: dict[str, object], private: bool = True, **more: object) -> Outcome:
    async def both() -> Outcome:
        async with serving(site) as port:
            read = tuple(Step(**one) for one in steps)  # type: ignore[arg-type] # fields by name
            return await run(probe("http", f"http://127.0.0.1:{port}/", steps=read, **more), network(private))

    return asyncio.run(both())


def test_values_and_cookies_go_from_step_to_step() -> None:
    site = Site()
    assert walked(site, LOGIN, LIST, OUT).error == ""
    assert "GET /list/t%200%2Fk " in site.asked[1]
    assert "Authorization: Bearer t 0/k" in site.asked[1]


def test_the_first_step_that_fails_ends_the_scenario() -> None:
    site = Site()
    assert walked(site, {"path": "/list"}, {"path": "/login"}).error == "status"
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("keep", "error"), [("x = $.absent", "json"), ("x = header X-Absent", "header"), ("x = $.token", "")]
)
def test_a_value_that_is_not_there_is_a_failure_of_its_step(keep: str, error: str) -> None:
    assert walked(Site(), {**LOGIN, "keep": keep}).error == error


def test_a_kept_value_cannot_become_a_header_of_its_own() -> None:
    site = Site(token="a\\r\\nX-Evil: 1")
    assert walked(site, LOGIN, LIST).error == "header"
    assert not any("X-Evil" in head for head in site.asked)


def test_the_timeout_is_that_of_the_whole_scenario() -> None:
    assert walked(hangs, {"path": "/"}, timeout_ms=200).error == "read_timeout"


def test_a_scenario_reaches_no_private_target_either() -> None:
    site = Site()
    assert walked(site, LOGIN, private=False).error == "denied"
    assert site.asked == []
