"""Every stream plays to its last frame in chromium with hls.js, shaka-player and dash.js, over our door for films."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import npm
import pytest
import uvicorn
from films import Films
from playwright.sync_api import Browser, Error, Page, Route
from services_cast import TestHost
from starlette.applications import Starlette
from transcode_cast import KeyBox, desk_at, ended, place_at, submitted, working

from yunyue.doors.data.files import STATIC
from yunyue.doors.data.transcode import Asker, Turned, routes
from yunyue.services.transcode import opening
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.keys import content_key

SECONDS = 2.0
SCRIPTS = {
    "hls.js": STATIC / "vendor" / "hls.js-1.7.4" / "hls.min.js",
    "shaka": npm.installed(npm.SHAKA) / "dist" / "shaka-player.compiled.js",
    "dash.js": npm.installed(npm.DASH) / "dist" / "modern" / "umd" / "dash.all.min.js",
}
PLAY = {
    "hls.js": "const hls = new Hls(); hls.on(Hls.Events.ERROR, (_, e) => { if (e.fatal) fail(e.details); });"
    " hls.loadSource(source); hls.attachMedia(video);",
    "shaka": "const player = new shaka.Player(); player.addEventListener('error', (e) => fail(e.detail.code));"
    " player.attach(video).then(() => player.load(source)).catch((e) => fail(e.code));",
    "shaka with a key": "const player = new shaka.Player();"
    " player.addEventListener('error', (e) => fail(e.detail.code));"
    " player.configure({{ drm: {{ clearKeys: {keys} }} }});"
    " player.attach(video).then(() => player.load(source)).catch((e) => fail(e.code));",
    "dash.js": "const player = dashjs.MediaPlayer().create(); player.on('error', (e) => fail(e.error.message));"
    " player.initialize(video, source, false);",
}
# Where the film stands decides: dash.js sometimes pauses a short film at its last frame before it can be said to end.
PAGE = """<!doctype html><video id="video" muted></video><script src="/player.js"></script><script>
const video = document.getElementById("video"), source = "{source}";
const fail = (why) => {{ document.body.dataset.failed = why; }};
const look = () => {{
  if (video.currentTime >= video.duration - 0.02) document.body.dataset.ended = video.currentTime;
}};
for (const one of ["timeupdate", "pause", "ended"]) video.addEventListener(one, look);
video.addEventListener("canplay", () => video.play().catch((e) => fail(e.message)), {{ once: true }});
{play}
</script>"""
STREAMS: dict[str, dict[str, object]] = {
    "hls-dash": {"template": "hls-ladder"},
    "hls-ts": {"template": "hls-ts"},
    "aes-128": {"template": "hls-ts", "overrides": {"encryption": {"scheme": "aes-128"}}},
    "sample-aes": {"template": "hls-ts", "overrides": {"encryption": {"scheme": "sample-aes"}}},
    "cbcs": {"template": "hls-ladder", "overrides": {"encryption": {"scheme": "cbcs"}}},
}


SEND = """async ({address, film}) => {
  const send = (path, method, headers, body) =>
    fetch(address + path, { method, headers: { Authorization: "Bearer t", ...headers }, body });
  const told = JSON.stringify({ label: "a.bin", size: film.length });
  const made = await send("/transcode/v1/c1/uploads", "POST", {}, told);
  const { id } = await made.json();
  const done = await send(`/transcode/v1/c1/uploads/${id}`, "PATCH", { "Upload-Offset": "0" }, film);
  return done.headers.get("Upload-Complete");
}"""


def who(headers: Mapping[str, str], cookies: Mapping[str, str], act: str, contract: str) -> Asker | Turned:
    """One token; who holds which in truth is tested with the accounts."""
    return Asker("bureau") if headers.get("authorization") == "Bearer t" else Turned(401, "by token or link only")


@dataclass(frozen=True, slots=True)
class Streams:
    """Where the results are served, and the beginning of the addresses of each.

    `agency`, `stranger`: two other sites, of which the operator named the first.
    """

    address: str
    agency: str
    stranger: str
    bases: dict[str, str]
    jobs: dict[str, str]
    keys: list[bytes]

    def clear(self, stream: str, key: bytes | None = None) -> str:
        """The id and the key of a stream as a player is given them; another key than its own, when one is named."""
        content = content_key(self.jobs[stream], "vault:v1:" + self.keys[-1].hex(), "", KeyBox([]))
        assert isinstance(content, ContentKey)
        return json.dumps({content.identifier.hex(): (key or content.key).hex()})


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streams]:
    """Real jobs, done, behind the real door on a free port."""
    folder = tmp_path_factory.mktemp("players")
    film = Films(folder).path("plain")
    box = KeyBox([])
    place = place_at(folder / "place", door=box)
    desk = desk_at(place, folder)
    jobs = {name: submitted(desk, film, **asked).id for name, asked in STREAMS.items()}
    with working(place, 2):
        for job in jobs.values():
            done = ended(desk, job)
            assert done.state == "done", done.reason
    host = desk.host
    assert isinstance(host, TestHost)
    opening._OPEN[str(place.folder)] = place
    bound = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    sites = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in bound]
    app = Starlette(routes=list(routes(lambda _: host, who, (sites[1],))))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": bound})
    thread.start()
    yield Streams(
        sites[0],
        sites[1],
        sites[2],
        {name: f"/transcode/files/c1/{desk.link(job)}/" for name, job in jobs.items()},
        jobs,
        box.given,
    )
    server.should_exit = True
    thread.join()
    for one in bound:
        one.close()
    del opening._OPEN[str(place.folder)]


def played(browser: Browser, streams: Streams, player: str, source: str, keys: str = "") -> float:
    """Where the film was when it had ended. Fails with what the player complains of."""
    context = browser.new_context(base_url=streams.address)
    page = context.new_page()

    def answer(route: Route) -> None:
        script = route.request.url.endswith("player.js")
        play = PLAY[player].format(keys=keys) if keys else PLAY[player]
        page_text = PAGE.format(source=source, play=play)
        body = Path(SCRIPTS[player.partition(" ")[0]]).read_text("utf-8") if script else page_text
        route.fulfill(body=body, content_type="text/javascript" if script else "text/html; charset=utf-8")

    page.route("**/play*", answer)
    page.goto("/play.html")
    page.wait_for_selector("body[data-ended], body[data-failed]", state="attached", timeout=30_000)
    failed = page.get_attribute("body", "data-failed")
    assert failed is None, f"{player}: {failed}"
    at = float(page.get_attribute("body", "data-ended") or 0)
    context.close()
    return at


@pytest.mark.parametrize(
    ("player", "stream", "entry"),
    [
        ("hls.js", "hls-dash", "master.m3u8"),
        ("shaka", "hls-dash", "master.m3u8"),
        ("shaka", "hls-dash", "manifest.mpd"),
        ("dash.js", "hls-dash", "manifest.mpd"),
        ("hls.js", "hls-ts", "master.m3u8"),
        ("shaka", "hls-ts", "master.m3u8"),
        ("hls.js", "aes-128", "master.m3u8"),
        ("shaka", "aes-128", "master.m3u8"),
        ("hls.js", "sample-aes", "master.m3u8"),
    ],
)
def test_a_stream_plays_to_its_last_frame(
    chromium: Browser, streams: Streams, player: str, stream: str, entry: str
) -> None:
    assert played(chromium, streams, player, streams.bases[stream] + entry) >= SECONDS - 0.1


@pytest.mark.parametrize("entry", ["manifest.mpd", "master.m3u8"])
def test_a_stream_under_cbcs_plays_to_its_last_frame_with_its_key(
    chromium: Browser, streams: Streams, entry: str
) -> None:
    source, keys = streams.bases["cbcs"] + entry, streams.clear("cbcs")
    assert played(chromium, streams, "shaka with a key", source, keys) >= SECONDS - 0.1


def test_a_stream_under_cbcs_does_not_play_with_another_key(chromium: Browser, streams: Streams) -> None:
    source, keys = streams.bases["cbcs"] + "manifest.mpd", streams.clear("cbcs", b"x" * 16)
    with pytest.raises(AssertionError, match="shaka with a key: 3016"):
        played(chromium, streams, "shaka with a key", source, keys)


def test_a_player_that_finds_no_stream_is_seen_to_fail(chromium: Browser, streams: Streams) -> None:
    with pytest.raises(AssertionError, match=r"hls\.js: manifestLoadError"):
        played(chromium, streams, "hls.js", streams.bases["hls-ts"] + "none.m3u8")


def of_site(browser: Browser, origin: str) -> Page:
    """A page of another site; that it has nothing to show does not matter."""
    page = browser.new_context().new_page()
    page.goto(f"{origin}/")
    return page


def test_a_page_of_a_site_the_operator_named_sends_films_and_reads_results(chromium: Browser, streams: Streams) -> None:
    page = of_site(chromium, streams.agency)
    assert page.evaluate(SEND, {"address": streams.address, "film": "some bytes"}) == "?1"
    read = "(address) => fetch(address, { headers: { Range: 'bytes=0-6' } }).then((answer) => answer.text())"
    assert page.evaluate(read, f"{streams.address}{streams.bases['hls-ts']}master.m3u8") == "#EXTM3U"
    page.context.close()


def test_a_page_of_any_other_site_does_neither(chromium: Browser, streams: Streams) -> None:
    page = of_site(chromium, streams.stranger)
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate(SEND, {"address": streams.address, "film": "some bytes"})
    with pytest.raises(Error, match="Failed to fetch"):
        page.evaluate("(address) => fetch(address)", f"{streams.address}{streams.bases['hls-ts']}master.m3u8")
    page.context.close()
