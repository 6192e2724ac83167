"""What the browser's fixtures give."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

NewPage = Callable[..., Page]


@dataclass
class Served:
    """Where the console is, the one-time password of each account, and who has replaced it."""

    address: str
    passwords: dict[str, str]
    replaced: set[str]
