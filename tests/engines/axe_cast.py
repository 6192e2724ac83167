"""What axe says of a page: WCAG 2.2 A and AA in light, the contrast of its colours in dark."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


def faults(page: Page, options: dict[str, Any]) -> Iterator[str]:
    """What axe says against the page that is open, a line each."""
    for fault in Axe().run(page, options=options).response["violations"]:
        places = ", ".join(node["html"][:120] for node in fault["nodes"][:3])
        yield f"{page.url} {fault['id']}: {places}"


def looked_at(page: Page, address: str) -> list[str] | None:
    """What axe says of an address in light and in dark; None when there is no page to look at."""
    answer = page.request.get(address, max_redirects=0)
    if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
        return None
    page.emulate_media(reduced_motion="reduce")  # axe must not see a colour that is still turning
    page.goto(address, wait_until="load")
    found = list(faults(page, LEVELS))
    page.evaluate("() => { document.documentElement.dataset.bsTheme = 'dark'; }")
    return found + [f"dark: {one}" for one in faults(page, COLOURS)]
