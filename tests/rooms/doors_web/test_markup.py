"""Pages keep the policy they are sent with, and can be used without a mouse or eyes."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from console_cast import LogIn, text

from yunyue.doors import web
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role

TEMPLATES = sorted(Path(web.__file__).parent.rglob("*.html"))
PAGES = ["/", "/statement", "/statement/line/late-payment-1", "/journal", "/journal/fact/payment-1", "/monitoring"]
WORKING = [
    "/today",
    "/record",
    "/record/payment.made",
    "/payments",
    "/acceptance",
    "/rectifications",
    "/staff",
    "/exclusions",
]
EMPTY = {"input", "img", "link", "meta", "br", "rect", "hr", "path"}


class Page(HTMLParser):
    """What stands on a page, as far as these tests ask."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.labelled: list[dict[str, str | None]] = []
        self.faults: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag in {"select", "textarea"} or (tag == "input" and values.get("type") != "hidden"):
            self.labelled.append({**values, "inside": "label" if "label" in self.open else None})
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


@pytest.mark.parametrize("template", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_no_template_has_inline_scripts_or_styles(template: Path) -> None:
    source = template.read_text("utf-8")
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", source) == []
    assert re.findall(r"""(?:src|href)=["']https?://""", source) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=[path.name for path in TEMPLATES])
def test_no_template_switches_escaping_off(template: Path) -> None:
    assert re.findall(r"\|safe|autoescape off", template.read_text("utf-8")) == []


@pytest.mark.parametrize("address", [*PAGES, *WORKING])
def test_every_tag_is_closed_in_order(office: Office, log_in: LogIn, address: str) -> None:
    page = Page(text(log_in(Role.CLIENT_MANAGER).get(address)))
    assert page.faults == []
    assert page.open == []


@pytest.mark.parametrize("address", [*PAGES, *WORKING])
def test_ids_are_unique_and_what_names_them_exists(office: Office, log_in: LogIn, address: str) -> None:
    tags = Page(text(log_in(Role.CLIENT_MANAGER).get(address))).tags
    ids = [values["id"] for _, values in tags if "id" in values]
    assert len(ids) == len(set(ids))
    named = {values["aria-labelledby"] for _, values in tags if "aria-labelledby" in values}
    targets = {str(values["hx-target"]).removeprefix("#") for _, values in tags if "hx-target" in values}
    assert named | targets <= set(ids)


@pytest.mark.parametrize("address", [*PAGES, *WORKING, "/accounts/password"])
def test_every_field_has_a_label(office: Office, log_in: LogIn, address: str) -> None:
    page = Page(text(log_in(Role.CLIENT_MANAGER).get(address)))
    labels = {values.get("for") for tag, values in page.tags if tag == "label"}
    bare = [field for field in page.labelled if not field["inside"] and field.get("id") not in labels]
    assert bare == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_one_heading_a_way_past_the_menu_and_says_where_one_is(
    office: Office, log_in: LogIn, address: str
) -> None:
    tags = Page(text(log_in().get(address))).tags
    assert [tag for tag, _ in tags].count("h1") == 1
    assert ("a", {"class": "skip", "href": "#content"}) in tags
    current = [values for _, values in tags if values.get("aria-current") == "page"]
    assert len(current) == (1 if address in {"/", "/statement", "/journal", "/monitoring"} else 0)


@pytest.mark.parametrize("address", PAGES)
def test_images_say_what_they_show_or_that_they_show_nothing(office: Office, log_in: LogIn, address: str) -> None:
    tags = Page(text(log_in().get(address))).tags
    assert [values for tag, values in tags if tag == "img" and "alt" not in values] == []
    drawn = [values for tag, values in tags if tag == "svg" or "data-chart" in values]
    assert [values for values in drawn if not values.get("aria-label")] == []


def _channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4


def _light(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * _channel(red) + 0.7152 * _channel(green) + 0.0722 * _channel(blue)


def contrast(first: str, second: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""
    lights = sorted((_light(first), _light(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def colours_of(theme: str) -> dict[str, str]:
    """The console's own colours in light or in dark."""
    sheet = (Path(web.__file__).parent / "static" / "console.css").read_text("utf-8")
    light, dark = sheet.split('[data-bs-theme="dark"] {', 1)
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", light if theme == "light" else dark.split("}", 1)[0]))


def six(colour: str) -> str:
    """A colour in its long form."""
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", ["good", "warn", "bad", "calm"])
def test_states_are_readable_on_their_ground_and_on_paper(tone: str, theme: str) -> None:
    colours = colours_of(theme)
    assert contrast(colours[tone], colours[f"{tone}-ground"]) >= 4.5
    assert contrast(colours[tone], six(colours["paper"])) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["tblr-secondary", "tblr-link-color"])
def test_secondary_words_and_links_are_readable(name: str, theme: str) -> None:
    colours = colours_of(theme)
    for ground in ("paper", "quiet-ground", "places-ground"):
        assert contrast(colours[name], six(colours[ground])) >= 4.5


def test_dark_names_every_colour_that_light_names() -> None:
    assert set(colours_of("light")) <= set(colours_of("dark"))


@pytest.mark.parametrize(("theme", "inside"), [("light", "paper"), ("dark", "tblr-bg-forms")])
def test_what_is_filled_in_or_ticked_has_an_edge_that_is_seen(theme: str, inside: str) -> None:
    """WCAG 2.2, 1.4.11: 3 : 1 against what lies on either side."""
    sheet = (Path(web.__file__).parent / "static" / "console.css").read_text("utf-8")
    assert ".form-control, .form-select, .form-check-input { border-color: var(--edge); }" in sheet
    colours = colours_of(theme)
    for ground in ("paper", inside):
        assert contrast(colours["edge"], six(colours[ground])) >= 3
