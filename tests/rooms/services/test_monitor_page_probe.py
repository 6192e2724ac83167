"""Whole pages in a real chromium: what it sees, where it may not go, and how hostile pages end."""

import asyncio
import io
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from monitor_servers import Behaviour, hangs, issuer, network, page, probe, resets, server_tls, serving
from PIL import Image

from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.pages import browse, cell
from yunyue.services.monitor.pages.guard import Guard
from yunyue.services.monitor.pages.sight import Sight, shown_text
from yunyue.services.monitor.probe import run

HTML = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
Site = Mapping[str, str | bytes]


def site(pages: Site) -> Behaviour:
    """A site with these pages; everything else is 404."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        found = pages.get(path)
        body = found.encode() if isinstance(found, str) else found
        status = "200 OK" if body is not None else "404 Gone"
        writer.write(page(body or b"", status, HTML if path in ("/", "/frame") else "Connection: close\r\n"))
        await writer.drain()

    return behave


def visit(
    behave: Behaviour, tls: ssl.SSLContext | None = None, *, private: bool = True, path: str = "/", **more: object
) -> Outcome:
    async def both() -> Outcome:
        async with serving(behave, tls) as port:
            place = f"{'https' if tls else 'http'}://localhost:{port}{path}"
            given = {"timeout_ms": 10_000, "ca": "", **more}
            return await run(probe("page", place, **given), network(private))

    return asyncio.run(both())


def sight(outcome: Outcome) -> Sight:
    assert isinstance(outcome.brought, Sight)
    return outcome.brought


RICH = {
    "/": """<html><head><title>政务大厅</title><link rel=stylesheet href=/style.css></head><body><h1>欢迎</h1>
    <script src=/script.js></script><img src=/missing.png></body></html>""",
    "/style.css": "body{background:#0a0}",
    "/script.js": "document.body.append(Object.assign(document.createElement('p'),{textContent:'由脚本写入'}))",
}


@pytest.fixture(scope="module")
def rich() -> Outcome:
    """One visit that several tests look at; a browser costs a second."""
    return visit(site(RICH), body_contains="由脚本写入", element="body p", element_text="由脚本写入")


def test_a_page_is_a_success_with_the_time_it_took_to_load(rich: Outcome) -> None:
    assert rich.ok, rich.error
    assert rich.latency_us == sight(rich).waterfall.loaded > 0


def test_what_scripts_write_is_seen(rich: Outcome) -> None:
    assert {"欢迎", "由脚本写入"} <= set(shown_text(sight(rich).nodes))
    assert sight(rich).waterfall.title == "政务大厅"


def test_the_waterfall_has_every_request_with_its_parts(rich: Outcome) -> None:
    fall = sight(rich).waterfall
    loads = {one.url.rpartition("/")[2]: one for one in fall.loads}
    assert {"", "style.css", "script.js", "missing.png"} <= set(loads)
    first = loads[""]
    assert (first.status, first.kind, first.address) == (200, "Document", "127.0.0.1")
    assert min(first.dns, first.connect, first.wait, first.receive, first.size) >= 0
    assert first.start == 0 < loads["script.js"].start
    assert [one.url.rpartition("/")[2] for one in fall.failed if "favicon" not in one.url] == ["missing.png"]
    assert 0 < fall.parsed <= fall.loaded


def test_the_picture_shows_the_page(rich: Outcome) -> None:
    picture = Image.open(io.BytesIO(sight(rich).picture)).convert("RGB")
    assert picture.size == (1280, 800)
    assert picture.getpixel((1200, 700)) == (0, 170, 0)


def test_a_text_that_is_not_on_the_page_is_a_failure_that_still_has_its_picture() -> None:
    found = visit(site({"/": "<p>hello"}), body_contains="goodbye")
    assert found.error == "body"
    assert sight(found).picture


def test_an_element_that_a_script_writes_is_found_and_one_that_is_gone_is_a_failure_with_its_picture(
    rich: Outcome,
) -> None:
    assert rich.ok
    outcome = visit(site(RICH), element="body p", element_text="由脚本删除")
    assert outcome.error == "element"
    assert sight(outcome).picture.startswith(b"\x89PNG")


def test_an_error_page_is_a_failure_by_its_status() -> None:
    assert visit(site({}), path="/nowhere").error == "status"


class TestGuarded:
    def test_a_page_on_an_address_that_may_not_be_probed_is_denied(self) -> None:
        found = visit(site(RICH), private=False)
        assert found.error == "denied"
        assert not sight(found).picture

    def test_whatever_a_page_asks_for_goes_where_the_tenant_may_go_and_nowhere_else(self) -> None:
        """The page itself is allowed; what lies on other addresses of the machine is not, by any way out."""
        reached: list[str] = []

        async def inner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reached.append((await reader.readline()).decode())

        async def both() -> Outcome:
            async with serving(inner) as secret:
                place = f"127.0.0.2:{secret}"
                html = f"""<img src="http://{place}/img"><iframe src="http://{place}/frame"></iframe>
                <script>fetch("http://{place}/fetch",{{mode:"no-cors"}}).catch(()=>0);
                new WebSocket("ws://{place}/socket");navigator.sendBeacon("http://{place}/beacon");
                fetch("http://169.254.169.254/latest",{{mode:"no-cors"}}).catch(()=>0);
                open("http://{place}/popup");</script>"""
                async with serving(site({"/": html})) as port:
                    wanted = probe("page", f"http://127.0.0.1:{port}/", timeout_ms=10_000, ca="")
                    here = network()
                    only = type(here)(here.now, here.monotonic, lambda address: address == "127.0.0.1")
                    return await run(wanted, only)

        found = asyncio.run(both())
        assert found.ok, found.error
        assert reached == []
        errors = {one.url.rpartition("/")[2]: one.error for one in sight(found).waterfall.loads}
        assert errors["img"] == "denied"
        assert errors["latest"] == "denied"

    def test_a_redirect_to_a_forbidden_address_ends_there(self) -> None:
        async def away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(page(b"", "302 Found", "Location: http://169.254.169.254/\r\nConnection: close\r\n"))
            await writer.drain()

        found = visit(away)
        assert found.error
        assert sight(found).waterfall.loads[-1].error == "denied"

    def test_no_file_of_the_machine_is_in_reach(self) -> None:
        html = """<body><script>for (const u of ["file:///etc/passwd", "file:///inside.py", "chrome://version"])
        { const f = document.createElement("iframe"); f.src = u; document.body.append(f) }</script>"""
        found = visit(site({"/": html}))
        assert found.ok
        assert "root:" not in sight(found).structure.decode()

    def test_the_sandbox_shows_no_home_no_journal_and_no_environment(self) -> None:
        command = cell.cell(Path("/nowhere")).command(["x"])
        assert "--unshare-all" in command
        assert "--share-net" not in command
        assert "--clearenv" in command
        shown = [command[place + 2] for place, one in enumerate(command) if one.startswith("--ro-bind")]
        assert not any(one.startswith(("/root", "/home", "/work", "/var", "/etc/passwd")) for one in shown)


class TestHostile:
    def test_a_target_that_hangs_is_a_timeout(self) -> None:
        found = visit(hangs, timeout_ms=1_500)
        assert found.error in ("read_timeout", "connect_timeout")

    def test_a_target_that_cuts_is_a_reset(self) -> None:
        assert visit(resets).error == "reset"

    def test_redirects_for_ever_are_a_loop(self) -> None:
        async def round_and_round(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(page(b"", "302 Found", "Location: /again\r\nConnection: close\r\n"))
            await writer.drain()

        assert visit(round_and_round).error == "redirect_loop"

    def test_gigabytes_are_cut_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while True:
                writer.write(b"<p>" + b"x" * 65_536)
                await writer.drain()

        monkeypatch.setattr(browse, "Guard", lambda network: Guard(network, most=4 << 20))
        assert visit(flood, timeout_ms=8_000).error == "too_large"

    def test_a_script_that_never_ends_is_a_timeout_and_the_browser_is_gone(self) -> None:
        found = visit(site({"/": "<script>for(;;);</script>"}), timeout_ms=2_000)
        assert found.error == "read_timeout"

    def test_a_page_that_eats_memory_breaks_its_browser_and_nothing_else(self) -> None:
        html = "<script>const a=[];for(;;)a.push(new Array(1e6).fill(Math.random()))</script>"
        with pytest.raises(NotMade, match="browser"):
            visit(site({"/": html}), timeout_ms=20_000)

    def test_dialogs_and_downloads_hold_nobody_up(self) -> None:
        html = "<p>fine</p><a id=d download=x href=/big>d</a><script>setTimeout(()=>alert(1));d.click()</script>"
        found = visit(site({"/": html, "/big": b"x" * 10_000}), timeout_ms=5_000)
        assert found.ok, found.error

    def test_a_lie_about_the_length_is_no_success(self) -> None:
        async def lies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<p>short")
            await writer.drain()

        assert visit(lies).error == "truncated"


class TestTls:
    def test_a_certificate_nobody_we_trust_issued_is_untrusted(self) -> None:
        assert visit(site(RICH), server_tls()).error == "tls_untrusted"

    def test_with_the_orders_own_root_it_is_trusted_and_its_end_is_known(self) -> None:
        found = visit(site(RICH), server_tls(days=90), ca=issuer("Test CA").pem)
        assert found.ok, found.error
        days = (sight(found).waterfall.ends / 1000 - network().now().timestamp()) / 86_400
        assert 89 < days < 91

    def test_another_names_certificate_is_found_out_with_an_own_root_too(self) -> None:
        trust = issuer("Test CA").pem
        assert visit(site(RICH), server_tls(host="other.example"), ca=trust).error == "tls_hostname"


def test_without_chromium_no_page_is_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "CHROMIUM", Path("/nowhere"))
    assert "chromium" in cell.missing()
    with pytest.raises(NotMade):
        visit(site(RICH))


def test_pages_beyond_those_at_once_wait_and_are_not_held_against_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    from yunyue.services.monitor.probes import page as module

    monkeypatch.setattr(module, "_running", ["a", "b"])
    with pytest.raises(NotMade, match="too many"):
        visit(site(RICH), timeout_ms=300)


def test_an_orders_page_is_visited_at_most_once_a_minute() -> None:
    build: Callable[[], object] = lambda: probe("page", "https://a.example/", ca="", interval_s=30)  # noqa: E731 - a call
    with pytest.raises(ValueError, match="interval_s"):
        build()
