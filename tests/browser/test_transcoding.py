"""A department hands a film in by browser, follows it, plays the result, and looks at it from the keyboard alone."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_cast import log_in
from film_server import FilmServer, film_server
from films import Films
from playwright.sync_api import Browser, Page, Route, expect

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast"]}
SMALL = """{"video": {"renditions": [{"short_edge": 180}, {"short_edge": 90}], "effort": "fast"},
"pictures": {"snapshots": 1, "sprite_seconds": 1}}"""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilmServer]:
    with film_server(tmp_path_factory.mktemp("film-server")) as made:
        yield made


@pytest.fixture
def page(chromium: Browser, server: FilmServer) -> Iterator[Page]:
    """A page of somebody of the department; what scripts complain of fails the test."""
    context = chromium.new_context(locale="en", base_url=server.served.address)
    complaints: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(made, server.served, "films")
    yield made
    context.close()
    assert complaints == []


def faults(page: Page) -> list[str]:
    """What axe says against the page that is open, in light and in dark."""
    found = []
    page.emulate_media(reduced_motion="reduce")  # axe must not see a colour that is still turning
    for theme, wanted in (("light", LEVELS), ("dark", COLOURS)):
        page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
        said = Axe().run(page, options={"runOnly": wanted, "resultTypes": ["violations"]}).response["violations"]
        found += [f"{theme} {one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in said]
    return found


def arrived(page: Page) -> None:
    expect(page.locator("#told")).to_contain_text("Arrived whole", timeout=20_000)
    expect(page.locator("#upload")).not_to_have_value("")


def test_a_film_is_sent_encoded_played_and_judged(page: Page, server: FilmServer, films: Films) -> None:
    page.goto(server.page("new"))
    page.set_input_files("#film", films.path("plain"))
    arrived(page)
    page.locator("summary").click()
    page.fill("[name=overrides]", SMALL)
    page.check("[name=quality]")
    page.get_by_role("button", name="Start the job").click()
    # The page follows the job by itself, and shows the player once the job is done.
    page.wait_for_selector("#video", timeout=60_000)
    page.wait_for_selector("#level option:nth-child(3)", state="attached")
    page.locator("#level").select_option(label=page.locator("#level option").nth(1).inner_text())
    page.evaluate("() => { const video = document.querySelector('video'); video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('video').ended", timeout=30_000)
    assert page.evaluate("() => document.querySelector('video').currentTime") >= 1.9
    page.locator("#seek").focus()
    page.keyboard.press("Home")
    expect(page.locator("#tile")).to_have_attribute("aria-label", "Picture at 00:00")
    page.keyboard.press("End")
    expect(page.locator("#tile")).to_have_attribute("aria-label", "Picture at 00:01")
    page.wait_for_selector("[data-chart][data-drawn]")
    assert faults(page) == []
    page.locator("summary", has_text="files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="master.m3u8").last.click()
    row = page.locator("tr", has=page.get_by_role("link", name="master.m3u8", exact=True))
    digest = hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest()
    expect(row).to_contain_text(f"sha256:{digest}")


def test_an_interrupted_film_goes_on_where_it_stood(page: Page, server: FilmServer, tmp_path: Path) -> None:
    long = tmp_path / "resumed.mp4"
    long.write_bytes(bytes(range(256)) * 40_000)  # two and a half pieces
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(route.request.headers["upload-offset"])
            if len(sent) == 2:
                route.abort()
                return
        route.continue_()

    page.route("**/uploads/*", cut)
    page.goto(server.page("new"))
    page.set_input_files("#film", long)
    arrived(page)
    assert sent == ["0", str(4 << 20), str(4 << 20), str(8 << 20)]


def test_what_arrives_altered_is_not_kept(page: Page, server: FilmServer, tmp_path: Path) -> None:
    film = tmp_path / "altered.mp4"
    film.write_bytes(b"a" * 1000)

    def alter(route: Route) -> None:
        if route.request.method == "PATCH":
            route.continue_(post_data=b"b" * 1000)
        else:
            route.continue_()

    page.route("**/uploads/*", alter)
    page.goto(server.page("new"))
    page.set_input_files("#film", film)
    expect(page.locator("#told")).to_contain_text("differs from the file", timeout=20_000)
    page.reload()
    assert "altered.mp4" not in page.locator("#upload").inner_text()


def test_the_digest_is_that_of_the_standard(page: Page, server: FilmServer) -> None:
    page.goto(server.page("new"))
    for size in (0, 1, 55, 56, 63, 64, 65, 1000, 100_003):
        body = bytes(at * 7 % 256 for at in range(size))
        made = page.evaluate(
            "([size, cut]) => { const all = Uint8Array.from({ length: size }, (_, at) => at * 7 % 256);"
            " return new Digest().add(all.subarray(0, cut)).add(all.subarray(cut)).hex(); }",
            [size, size // 3],
        )
        assert made == hashlib.sha256(body).hexdigest(), size


def test_axe_finds_nothing_on_the_departments_own_pages(page: Page, server: FilmServer) -> None:
    for path in ("", "new", "templates", "templates/edit", "templates/hls-ladder"):
        page.goto(server.page(path))
        assert faults(page) == []


def test_a_page_of_another_site_sends_no_film_by_a_persons_session(page: Page, server: FilmServer) -> None:
    address = f"/transcode/v1/{server.contract}/uploads"
    told = "(address) => fetch(address, { method: 'POST', body: '{\"size\": 5}' }).then((answer) => answer.status)"
    page.goto(server.page())
    assert page.evaluate(told, address) == 403
