"""The only way out of a browser's sandbox, spoken to as chromium does and does not; and stories of hostile pages."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import network, serving

from yunyue.host.sandbox import Ended
from yunyue.services.monitor.outcome import Failure, NotMade
from yunyue.services.monitor.pages import browse, guard
from yunyue.services.monitor.pages.guard import Guard, Way
from yunyue.services.monitor.pages.raw import LONGEST_US, Asked, Raw, sighted
from yunyue.services.monitor.pages.waterfall import MOST_LOADS

HELLO = b"\x05\x01\x00"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[Any]]


def to(host: bytes, port: int, command: int = 1) -> bytes:
    return b"\x05" + bytes([command]) + b"\x00\x03" + bytes([len(host)]) + host + struct.pack("!H", port)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()


def talking(tmp_path: Path, talk: Talk, *, private: bool = True, most: int = 1 << 20) -> tuple[Any, Guard]:
    """What a talk with the guard gives, and the guard; a server that echoes is at the port the talk is given."""

    async def run() -> tuple[Any, Guard]:
        found = Guard(network(private), most=most)
        async with serving(echo) as port, found.listening(tmp_path / "guard"):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "guard"))
            try:
                async with asyncio.timeout(10):
                    return await talk(reader, writer, port), found
            finally:
                writer.close()

    return asyncio.run(run())


async def code_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """The reply's code to a request; -1 when the guard hung up."""
    writer.write(HELLO)
    assert await reader.readexactly(2) == b"\x05\x00"
    writer.write(request)
    try:
        return (await reader.readexactly(10))[1]
    except asyncio.IncompleteReadError:
        return -1


def asks(request: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _port: int) -> int:
        return await code_of(reader, writer, request)

    return talk


class TestGuard:
    def test_bytes_go_both_ways_and_what_it_took_is_measured(self, tmp_path: Path) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> bytes:
            assert await code_of(reader, writer, to(b"localhost", port)) == 0
            writer.write(b"hello")
            return await reader.readexactly(5)

        said, there = talking(tmp_path, talk)
        assert said == b"hello"
        (way,) = there.ways
        assert (way.host, way.address, way.error) == ("localhost", "127.0.0.1", "")
        assert min(way.dns, way.connect) >= 0
        assert there.size == 5

    def test_a_place_that_may_not_be_reached_is_denied_by_name_and_by_address(self, tmp_path: Path) -> None:
        for number, request in enumerate(
            (
                to(b"localhost", 80),
                b"\x05\x01\x00\x01\xa9\xfe\xa9\xfe\x00\x50",
                b"\x05\x01\x00\x04" + b"\0" * 15 + b"\1" + b"\x00\x50",
            )
        ):
            place = tmp_path / str(number)
            place.mkdir()
            code, there = talking(place, asks(request), private=False)
            assert code == 2
            assert [one.error for one in there.ways] == ["denied"]
            assert there.refused(there.ways[0].host, 80) == "denied"

    def test_metadata_is_denied_even_where_private_targets_are_allowed(self, tmp_path: Path) -> None:
        request = b"\x05\x01\x00\x01\xa9\xfe\xa9\xfe\x00\x50"
        assert talking(tmp_path, asks(request))[0] == 2

    def test_nobody_listening_and_no_such_name_are_told_apart(self, tmp_path: Path) -> None:
        for number, (request, code) in enumerate(((to(b"127.0.0.1", 1), 5), (to(b"no-such.invalid", 80), 4))):
            place = tmp_path / str(number)
            place.mkdir()
            found, _ = talking(place, asks(request))
            assert found == code

    @pytest.mark.parametrize(
        "request_bytes",
        [to(b"localhost", 80, command=2), b"\x05\x01\x00\x09abc", b"\x04\x01\x00\x01abcdef", to(b"\xff\xfe", 80)],
    )
    def test_what_is_no_request_for_a_connection_ends_the_talk(self, tmp_path: Path, request_bytes: bytes) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: int) -> int:
            writer.write(HELLO + request_bytes)
            writer.write_eof()
            return len(await reader.read()) - 2

        said, there = talking(tmp_path, talk)
        assert said <= 0
        assert there.ways == []

    def test_too_much_coming_in_is_cut_off_and_said(self, tmp_path: Path) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> int:
            assert await code_of(reader, writer, to(b"127.0.0.1", port)) == 0
            writer.write(b"x" * 300_000)
            return len(await reader.read())

        got, there = talking(tmp_path, talk, most=100_000)
        assert there.over
        assert got < 300_000

    def test_too_many_connections_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(guard, "MOST_CONNECTIONS", 0)
        code, there = talking(tmp_path, lambda reader, writer, port: code_of(reader, writer, to(b"127.0.0.1", port)))
        assert code == 1
        assert there.ways == []


anything = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e6, 1e6)
timings = st.none() | st.dictionaries(
    st.sampled_from(["requestTime", "sslStart", "sslEnd", "sendEnd", "receiveHeadersEnd"]),
    st.floats(-1e9, 1e9) | st.text(max_size=3) | st.none(),
)


def raw(*requests: Asked, **more: Any) -> Raw:
    values: dict[str, Any] = {"error": "", "late": False, "crashed": False, "browser": "x", "count": len(requests)}
    return Raw(requests=requests, **(values | {"began": 1.0, "parsed": 2.0, "loaded": 3.0} | more))


def asked(url: str = "http://a/", at: float = 1.0, **more: Any) -> Asked:
    return Asked(url=url, method="GET", kind="Document", at=at, **more)


class TestStory:
    def test_the_first_request_on_a_connection_carries_what_it_took(self) -> None:
        there = Guard(network())
        there.ways = [Way("a", 80, "192.0.2.1", 10, 20, ""), Way("a", 80, "192.0.2.1", 30, 40, "")]
        found = sighted(
            raw(asked(status=200, connection=7), asked(status=200, connection=7), asked(status=200, connection=8)),
            there,
            "http://a/",
            b"",
        )
        assert [(one.dns, one.connect) for one in found.waterfall.loads] == [(10, 20), (-1, -1), (30, 40)]

    def test_a_refused_connection_names_the_guards_reason(self) -> None:
        there = Guard(network())
        there.ways = [Way("a", 80, "", 10, -1, "denied")]
        found = sighted(raw(asked(error="net::ERR_SOCKS_CONNECTION_FAILED")), there, "http://a/", b"")
        assert found.waterfall.loads[0].error == "denied"

    def test_more_requests_than_are_kept_are_counted(self) -> None:
        found = sighted(raw(*(asked() for _ in range(MOST_LOADS + 5))), Guard(network()), "http://a/", b"")
        assert (len(found.waterfall.loads), found.waterfall.requests) == (MOST_LOADS, MOST_LOADS + 5)

    @given(
        st.lists(
            st.builds(
                asked,
                url=st.text(max_size=20),
                at=st.floats(-1e9, 1e9),
                end=st.floats(-1e9, 1e9),
                status=st.integers(0, 999),
                timing=timings,
            ),
            max_size=3,
        ),
        st.floats(-1e9, 1e9),
    )
    def test_whatever_a_story_tells_every_time_is_unknown_or_within_bounds(
        self, requests: list[Asked], began: float
    ) -> None:
        found = sighted(raw(*requests, began=began), Guard(network()), "http://a/", b"")
        for load in found.waterfall.loads:
            assert all(-1 <= one <= LONGEST_US for one in (load.start, load.tls, load.wait, load.receive))

    def story(self, folder: Path) -> Raw:
        return browse._story(folder, Ended(0, b"", "it broke", 1.0, 1.0))

    def test_no_story_a_link_and_nonsense_are_no_visit(self, tmp_path: Path) -> None:
        with pytest.raises(NotMade, match="it broke"):
            self.story(tmp_path)
        (tmp_path / "visit.json").symlink_to("/etc/passwd")
        with pytest.raises(NotMade):
            self.story(tmp_path)
        (tmp_path / "visit.json").unlink()
        for nonsense in (b"", b"{}", b"[1]", b'{"error": 5}', b"[" * 100_000):
            (tmp_path / "visit.json").write_bytes(nonsense)
            with pytest.raises(NotMade):
                self.story(tmp_path)

    def test_a_story_of_a_page_that_swells_is_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its own fault and no gap: what a program in the page makes of it never passed the guard."""
        monkeypatch.setattr(browse, "LARGEST_STORY", 10)
        (tmp_path / "visit.json").write_bytes(b" " * 11)
        with pytest.raises(Failure, match="too_large"):
            self.story(tmp_path)

    def test_a_story_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        told = raw(asked(status=200))
        (tmp_path / "visit.json").write_bytes(msgspec.json.encode(told))
        assert self.story(tmp_path) == told
