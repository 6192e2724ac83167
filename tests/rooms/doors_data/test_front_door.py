"""The front door answers what is asked often, guards every answer, and lets the console answer the rest."""

import contextlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from asking import Answer, ask
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.headers import RULES
from yunyue.doors.data.health import NotReady, Ready
from yunyue.doors.data.metrics import Number, area

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def console(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """A console that says what it was asked, or breaks."""
    if environ["PATH_INFO"] == "/broken":
        raise LookupError("no such page")
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Frame-Options", "SAMEORIGIN")])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode()]


@pytest.fixture
def door() -> ASGIApp:
    return front_door(Parts(console=console))


def samples(answer: Answer) -> dict[str, float]:
    """Metric samples by name and labels."""
    families = text_string_to_metric_families(answer.body.decode())  # type: ignore[no-untyped-call]  # untyped library
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in families
        for sample in family.samples
    }


def test_a_living_process_says_so(door: ASGIApp) -> None:
    answer = ask(door, "/livez")
    assert (answer.status, answer.body) == (200, b"ok\n")


def test_it_is_ready_when_every_part_is() -> None:
    door = front_door(Parts(console=console, checks={"journal": lambda: Ready("7 facts"), "jobs": Ready}))
    answer = ask(door, "/readyz")
    assert answer.status == 200
    assert json.loads(answer.body)["parts"]["journal"] == {"ready": True, "detail": "7 facts"}


def test_it_is_not_ready_when_one_part_is_not_and_says_which() -> None:
    door = front_door(Parts(console=console, checks={"journal": Ready, "jobs": lambda: NotReady("no workers")}))
    answer = ask(door, "/readyz")
    assert answer.status == 503
    told = json.loads(answer.body)
    assert told["ready"] is False
    assert told["parts"]["jobs"] == {"ready": False, "detail": "no workers"}
    assert told["parts"]["journal"]["ready"] is True


def test_a_part_that_breaks_when_asked_is_not_ready() -> None:
    def broken() -> Ready:
        raise OSError("disk gone")

    answer = ask(front_door(Parts(console=console, checks={"journal": broken})), "/readyz")
    assert answer.status == 503
    assert "disk gone" in json.loads(answer.body)["parts"]["journal"]["detail"]


def test_metrics_are_openmetrics_one(door: ASGIApp) -> None:
    answer = ask(door, "/metrics")
    assert answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.body.endswith(b"# EOF\n")


def test_each_request_is_counted_by_method_area_and_status(door: ASGIApp) -> None:
    for _ in range(3):
        ask(door, "/livez")
    ask(door, "/readyz")
    counted = samples(ask(door, "/metrics"))
    labels = [("area", "livez"), ("method", "GET"), ("status", "2xx")]
    assert counted[f"yunyue_http_request_seconds_count{labels}"] == 3


def test_paths_and_methods_nobody_knows_do_not_make_new_series(door: ASGIApp) -> None:
    for number in range(20):
        ask(door, f"/made-up-{number}", method="BREW" if number % 2 else "GET")
    counted = [name for name in samples(ask(door, "/metrics")) if name.startswith("yunyue_http_request_seconds_count")]
    assert len(counted) == 2
    assert {area(f"/made-up-{number}") for number in range(20)} == {"other"}


def test_numbers_are_asked_at_each_scrape() -> None:
    size = {"": 1.0}
    kinds = {"payment.made": 2.0}
    door = front_door(
        Parts(
            console=console,
            numbers=(
                Number("yunyue_journal_size", "Facts.", "", lambda: dict(size), grows=False),
                Number("yunyue_facts", "Facts.", "type", lambda: kinds),
            ),
        )
    )
    assert samples(ask(door, "/metrics"))["yunyue_journal_size[]"] == 1
    size[""] = 5
    counted = samples(ask(door, "/metrics"))
    assert counted["yunyue_journal_size[]"] == 5
    assert counted["yunyue_facts_total[('type', 'payment.made')]"] == 2


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/static/console.css", "/static/none.css", "/page", "/broken"])
def test_every_answer_carries_the_rules(door: ASGIApp, path: str) -> None:
    headers = _broken_or_not(door, path).headers
    assert {name: headers.get(name.lower()) for name in RULES} == RULES


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    policy = RULES["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "media-src 'self' blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_transport_security_is_asked_for_only_over_tls() -> None:
    assert "strict-transport-security" not in ask(front_door(Parts(console=console)), "/livez").headers
    assert "strict-transport-security" in ask(front_door(Parts(console=console, secure=True)), "/livez").headers


def test_each_request_gets_an_id_of_its_own(door: ASGIApp) -> None:
    first, second = (ask(door, "/livez").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first)


def test_a_plain_id_from_a_proxy_is_kept(door: ASGIApp) -> None:
    assert ask(door, "/livez", headers={"X-Request-ID": "proxy-0001"}).headers["x-request-id"] == "proxy-0001"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", 'quote"inside', "<script>alert</script>"])
def test_any_other_id_is_replaced(door: ASGIApp, given: str) -> None:
    assert ask(door, "/livez", headers={"X-Request-ID": given}).headers["x-request-id"] != given


def test_everything_else_goes_to_the_console(door: ASGIApp) -> None:
    assert ask(door, "/statement?as_of=2024-05-24").body == b"GET /statement?as_of=2024-05-24"


def test_a_console_that_breaks_is_a_500(door: ASGIApp) -> None:
    assert _broken_or_not(door, "/broken").status == 500


def _broken_or_not(door: ASGIApp, path: str) -> Answer:
    """Starlette answers 500 and lets the server see the exception too; here only the answer counts."""
    answers: list[Answer] = []

    async def quiet(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(LookupError):
            await door(scope, receive, send)

    answers.append(ask(quiet, path))
    return answers[0]
