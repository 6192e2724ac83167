"""What an answer over HTTP must be: each thing asked for has its own failure, and bad patterns cost no time."""

import asyncio
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import against, answers, page

from yunyue.services.monitor import jsonpath
from yunyue.services.monitor.expectation import Answer, Expectation, judge, landed
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.reading import matches, octets, statuses

UP = b'{"state": "UP", "parts": [{"name": "db", "ok": true}, {"name": "disk", "ok": true}], "a.b": 1}'


def asked(body: bytes, **wanted: object) -> str:
    """The failure of an answer with this body; empty when it is as expected."""
    try:
        judge(Answer(200, {"content-type": "text/html; charset=utf-8"}, body), Expectation(**wanted))  # type: ignore[arg-type] # fields by name
    except Failure as failure:
        return failure.error
    return ""


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"statuses": "200,204"}, ""),
        ({"statuses": "201-299,500"}, "status"),
        ({"headers": "Content-Type: text/html"}, ""),
        ({"headers": "content-type: json"}, "header"),
        ({"headers": "Strict-Transport-Security: max-age"}, "header"),
        ({"contains": "UP"}, ""),
        ({"lacks": "exception"}, ""),
        ({"lacks": "UP"}, "body"),
        ({"matches": r'"state":\s*"(UP|OK)"'}, ""),
        ({"matches": r"^DOWN$"}, "body"),
        ({"least": 10}, ""),
        ({"least": 10_000, "most": 20_000}, "too_small"),
        ({"json_path": "$.state"}, ""),
        ({"json_path": "$.state", "json_value": '"UP"'}, ""),
        ({"json_path": "$.state", "json_value": '"DOWN"'}, "json"),
        ({"json_path": "$.parts[*].ok", "json_value": "true"}, ""),
        ({"json_path": "$.parts[*].ok", "json_value": "1"}, "json"),
        ({"json_path": "$.parts[1].name", "json_value": '"disk"'}, ""),
        ({"json_path": "$.parts[9]"}, "json"),
        ({"json_path": "$['a.b']", "json_value": "1"}, ""),
        ({"json_path": "$.missing"}, "json"),
    ],
)
def test_each_thing_asked_for_has_its_own_failure(wanted: dict[str, object], error: str) -> None:
    assert asked(UP, **wanted) == error


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe", b'{"a":', b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_json_failure(body: bytes) -> None:
    assert asked(body, json_path="$") == "json"


def test_a_pattern_made_to_run_for_ever_takes_no_time() -> None:
    began = perf_counter()
    assert not matches("(a+)+$", b"a" * 50_000 + b"!")
    assert perf_counter() - began < 1


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers(-(2**53), 2**53), min_size=1))
def test_every_member_of_an_object_is_found_by_its_name(document: dict[str, int]) -> None:
    for name, value in document.items():
        assert jsonpath.find(f"$.{name}", document) == jsonpath.find(f"$['{name}']", document) == [value]
    assert sorted(jsonpath.find("$[*]", document)) == sorted(document.values())


@given(st.lists(st.tuples(st.integers(100, 599), st.integers(0, 50)), min_size=1, max_size=5))
def test_a_list_of_statuses_holds_just_what_it_names(ranges: list[tuple[int, int]]) -> None:
    text = ",".join(f"{first}-{min(599, first + more)}" for first, more in ranges)
    named = {status for first, more in ranges for status in range(first, min(599, first + more) + 1)}
    assert statuses(text) == named


@given(st.binary())
def test_bytes_are_written_in_hexadecimal(some: bytes) -> None:
    assert octets(f"hex:{some.hex()}") == some


class TestOverTheWire:
    def test_method_headers_and_content_are_sent_as_ordered(self) -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(7)
            writer.write(page(msgspec.json.encode({"head": head.decode(), "content": body.decode()})))

        right: dict[str, Any] = {"method": "POST", "headers": "X-Probe: yes\nUser-Agent: mine", "send": '{"a":1}'}
        assert against(echo, **right, body_matches=r"POST / HTTP/1\.1\\r\\nHost: localhost:\d+\\r\\n").ok
        assert against(echo, **right, body_contains="X-Probe: yes").ok
        assert against(echo, **right, body_lacks="Yunyue-Probe").ok
        assert against(echo, **right, json_path="$.content", json_value='"{\\"a\\":1}"').ok

    def test_several_fields_of_one_name_are_read_as_one(self) -> None:
        both = answers(page(headers="Via: one\r\nVia: two\r\n"))
        assert against(both, expect_headers="Via: one, two").ok

    def test_an_announcement_before_the_answer_is_not_the_answer(self) -> None:
        early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + page(b"final")
        assert against(answers(early), body_contains="final").ok
        assert against(answers(early), expect_headers="Link: a").error == "header"

    def test_a_head_request_waits_for_no_body(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        assert against(answers(head), method="HEAD").ok

    def test_an_answer_that_ends_with_its_connection_is_whole(self) -> None:
        assert against(answers(b"HTTP/1.1 200 OK\r\n\r\nall of it"), body_contains="all of it").ok

    def test_a_chunked_answer_is_put_together_and_one_cut_short_is_truncated(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert against(answers(head + b"3\r\nali\r\n2\r\nve\r\n0\r\n\r\n"), body_contains="alive").ok
        assert against(answers(head + b"3\r\nali\r\n")).error == "truncated"

    def test_a_trailer_says_nothing(self) -> None:
        late = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-State: UP\r\n\r\n"
        assert against(answers(late), expect_headers="X-State: UP").error == "header"

    def test_gigabytes_are_cut_off_at_the_cap(self) -> None:
        sent = 0

        async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                sent += 65_536
                await writer.drain()

        assert against(floods, max_body=1_000_000).error == "too_large"
        assert sent < 100_000_000

    def test_redirects_can_be_refused_counted_and_told_where_to_end(self) -> None:
        move = answers(page(b"", "301 Moved", "Location: /elsewhere\r\n"))
        assert against(move, max_redirects=0, statuses="301", expect_headers="Location: /elsewhere").ok
        assert against(move, max_redirects=1).error == "redirect_loop"
        assert against(answers(page()), lands_on="http://localhost").ok
        assert against(answers(page()), lands_on="https://").error == "landing"

    @pytest.mark.parametrize(
        ("url", "ends"),
        [
            ("https://a.gov.cn/", True),
            ("https://a.gov.cn:8443/x", True),
            ("https://a.gov.cn?x", True),
            ("https://a.gov.cn.evil.example/", False),
            ("https://a.gov.cnx/", False),
            ("https://a.gov.cn@evil.example/", False),
            ("https://a.gov.cn:80@evil.example/", False),
        ],
    )
    def test_a_host_to_end_at_is_named_whole(self, url: str, ends: bool) -> None:
        assert landed(url, "https://a.gov.cn") is ends

    def test_a_document_nested_too_deep_to_be_compared_is_a_json_failure(self) -> None:
        """Somewhere between what can be read and what can be written again; a gap would be no failure."""
        wanted = Expectation(json_path="$", json_value="1")
        errors = set()
        for depth in range(700, 1_001):
            with pytest.raises(Failure) as failure:
                judge(Answer(200, {}, b"[" * depth + b"]" * depth), wanted)
            errors.add(failure.value.error)
        assert errors == {"json"}
