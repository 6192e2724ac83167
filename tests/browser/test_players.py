"""Every stream plays to its last frame in chromium with hls.js, shaka-player and dash.js, over our door for films."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import npm
import pytest
import uvicorn
from films import Films
from playwright.sync_api import Browser, Route
from services_cast import TestHost
from starlette.applications import Starlette
from transcode_cast import KeyBox, desk_at, ended, place_at, submitted, working

from yunyue.doors.data.files import STATIC
from yunyue.doors.data.transcode import Turned, routes
from yunyue.services.transcode import opening

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
    "dash.js": "const player = dashjs.MediaPlayer().create(); player.on('error', (e) => fail(e.error.message));"
    " player.initialize(video, source, false);",
}
PAGE = """<!doctype html><video id="video" muted></video><script src="/player.js"></script><script>
const video = document.getElementById("video"), source = "{source}";
const fail = (why) => {{ document.body.dataset.failed = why; }};
video.addEventListener("ended", () => {{ document.body.dataset.ended = video.currentTime; }});
video.addEventListener("canplay", () => video.play().catch((e) => fail(e.message)), {{ once: true }});
{play}
</script>"""
STREAMS: dict[str, dict[str, object]] = {
    "hls-dash": {"template": "hls-ladder"},
    "hls-ts": {"template": "hls-ts"},
    "aes-128": {"template": "hls-ts", "overrides": {"encryption": {"scheme": "aes-128"}}},
    "sample-aes": {"template": "hls-ts", "overrides": {"encryption": {"scheme": "sample-aes"}}},
}


@dataclass(frozen=True, slots=True)
class Streams:
    """Where the results are served, and the beginning of the addresses of each."""

    address: str
    bases: dict[str, str]


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streams]:
    """Real jobs, done, behind the real door on a free port."""
    folder = tmp_path_factory.mktemp("players")
    film = Films(folder).path("plain")
    place = place_at(folder / "place", door=KeyBox([]))
    desk = desk_at(place, folder)
    jobs = {name: submitted(desk, film, **asked).id for name, asked in STREAMS.items()}
    with working(place, 2):
        for job in jobs.values():
            done = ended(desk, job)
            assert done.state == "done", done.reason
    host = desk.host
    assert isinstance(host, TestHost)
    opening._OPEN[str(place.folder)] = place
    app = Starlette(routes=list(routes(lambda _: host, lambda *_: Turned(401, "by link only"))))
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield Streams(
        f"http://127.0.0.1:{bound.getsockname()[1]}",
        {name: f"/transcode/files/c1/{desk.link(job)}/" for name, job in jobs.items()},
    )
    server.should_exit = True
    thread.join()
    bound.close()
    del opening._OPEN[str(place.folder)]


def played(browser: Browser, streams: Streams, player: str, source: str) -> float:
    """Where the film was when it had ended. Fails with what the player complains of."""
    context = browser.new_context(base_url=streams.address)
    page = context.new_page()

    def answer(route: Route) -> None:
        script = route.request.url.endswith("player.js")
        page_text = PAGE.format(source=source, play=PLAY[player])
        body = Path(SCRIPTS[player]).read_text("utf-8") if script else page_text
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


def test_a_player_that_finds_no_stream_is_seen_to_fail(chromium: Browser, streams: Streams) -> None:
    with pytest.raises(AssertionError, match=r"hls\.js: manifestLoadError"):
        played(chromium, streams, "hls.js", streams.bases["hls-ts"] + "none.m3u8")
