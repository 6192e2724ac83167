"""The scenario: requests one after the other, each judged, cookies and kept values carried on, until one fails."""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from yunyue.services.monitor import jsonpath
from yunyue.services.monitor.expectation import Answer, canonical, document, judge
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import send, write
from yunyue.services.monitor.reading import octets, sendable
from yunyue.services.monitor.scenario import USE, Step
from yunyue.services.monitor.target import Target, parse_target

MOST_COOKIES = 50
MOST_KEPT = 8_192


async def probe_steps(probe: Probe, network: Network) -> None:
    """Returns when every step was answered as it asks, all within the timeout. Raises Failure."""
    stage = Stage()
    kept: dict[str, str] = {}
    cookies: dict[str, str] = {}
    try:
        async with asyncio.timeout(probe.timeout):
            for step in probe.steps:
                answer = await _take(probe, step, network, (stage, kept, cookies))
                judge(answer, step.expectation)
                _carry(answer, cookies)
                kept |= _kept(step, answer)
    except TimeoutError:
        raise Failure(stage.late) from None


async def _take(
    probe: Probe, step: Step, network: Network, carried: tuple[Stage, dict[str, str], dict[str, str]]
) -> Answer:
    stage, kept, cookies = carried
    target = _under(probe.where, _filled(step.path, kept, lambda text: quote(text, safe="")))
    try:
        headers = sendable(_filled(f"{probe.headers}\n{step.headers}", kept, _line))
        body = octets(_filled(step.send, kept, str))
    except ValueError:
        raise Failure("header") from None
    if cookies:
        headers = (*headers, ("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    written = write(target, step.method, headers, body)
    return await send(target, written, network, stage, (probe.ca, probe.max_body, step.method == "HEAD"))


def _under(base: Target, path: str) -> Target:
    root = base.url.removesuffix("/") if base.path == "/" else base.url
    try:
        return parse_target(base.scheme, root + path)
    except ValueError:
        raise Failure("protocol") from None


def _filled(text: str, kept: dict[str, str], how: Callable[[str], str]) -> str:
    return USE.sub(lambda match: how(kept[match[1]]), text)


def _line(text: str) -> str:
    """A value for a header field; one with a line break in it would be a second field."""
    if not text.isprintable():
        raise ValueError("a kept value holds a control character")
    return text


def _carry(answer: Answer, cookies: dict[str, str]) -> None:
    """Cookies are the target's own and live for one run; where they may go beyond that is a browser's question."""
    for line in answer.cookies[:MOST_COOKIES]:
        name, equals, value = line.partition(";")[0].strip().partition("=")
        if equals and name.isascii() and (name + value).isprintable() and value.isascii():
            cookies[name] = value
    if len(cookies) > MOST_COOKIES:
        raise Failure("header")


def _kept(step: Step, answer: Answer) -> dict[str, str]:
    """What later steps use of this answer. Raises Failure when it is not there."""
    found: dict[str, str] = {}
    for name, origin in step.keeps.items():
        if origin.startswith("header "):
            value = answer.headers.get(origin.removeprefix("header ").strip().lower())
            if value is None:
                raise Failure("header")
        else:
            places = jsonpath.find(origin, document(answer.body))
            if not places:
                raise Failure("json")
            value = places[0] if isinstance(places[0], str) else canonical(places[0]).decode()
        found[name] = value[:MOST_KEPT]
    return found
