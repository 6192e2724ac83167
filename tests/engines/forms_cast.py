"""Reads the forms of a page as a browser would, and fills each of them in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from console_cast import LogIn, text
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from walk import LEADING_BACK, PAGES

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE
from yunyue.doors.web.accounts.roles import Role

TYPED = frozenset({"text", "search", "email", "password", "url", "tel", "number", "date", "datetime-local", "month"})
WALKERS = (
    Role.CLIENT_MANAGER,
    Role.SERVICE_MANAGER,
    Role.CLIENT_APPROVER,
    Role.TENANT_USER,
    Role.ENGINEER,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDIT_ADMINISTRATOR,
    Role.THIRD_PARTY,
)
ENDING = ("/accounts/logout", "/accounts/language", "/theme")
"""Forms that end the visit or only change how it looks."""


@dataclass
class Form:
    """Where a form leads, and its fields: those a person types into, files, and what is sent along as it stands."""

    action: str
    method: str
    typed: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    fixed: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, ...]:
        """What makes two forms one for a walk: where it leads but for numbers, and its fields."""
        return (
            re.sub(r"\d+", "1", self.action.partition("?")[0]),
            *sorted(self.typed),
            *self.files,
            *sorted(self.fixed),
        )


class Reading(HTMLParser):
    """Collects the forms of one page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or a field of one."""
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(urljoin(self.address, named.get("action", "")), named.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, named, self._form)

    def _field(self, tag: str, named: dict[str, str], form: Form) -> None:
        name, kind = named.get("name", ""), named.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and named.get("value"):
            form.fixed.setdefault(self._select, named["value"])
        elif not name:
            return
        elif tag == "textarea" or (tag == "input" and kind in TYPED):
            form.typed[name] = named.get("value", "")
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag in ("input", "button"):
            form.fixed.setdefault(name, named.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


def forms_of(client: Client, address: str) -> list[Form]:
    """The forms that are sent, on the page at an address; none where it is no page."""
    answer = client.get(address)
    if answer.status_code != 200 or not str(answer["Content-Type"]).startswith("text/html"):
        return []
    reading = Reading(address)
    reading.feed(text(answer))
    return [one for one in reading.forms if one.method == "post" and not one.action.startswith(ENDING)]


def walker(who: object) -> Role | None:
    """Who walks a page for everybody."""
    return next((one for one in WALKERS if who in (ANYONE, ANY_ACCOUNT) or one in who), None)  # type: ignore[operator]  # else it is a set of roles


def addresses() -> Iterator[tuple[Role, str]]:
    """Every page, and who walks it."""
    for name, way in PAGES.items():
        role = walker(way.who)
        if role is not None and name not in LEADING_BACK:
            yield role, way.address


def every_form(log_in: LogIn, more: tuple[tuple[Role, str], ...] = ()) -> Iterator[tuple[Client, Form]]:
    """Each form of the console once, with somebody who just opened its page."""
    seen: set[tuple[str, ...]] = set()
    for role, address in (*addresses(), *more):
        client = log_in(role)
        for form in forms_of(client, address):
            if form.kind not in seen:
                seen.add(form.kind)
                yield client, form


def filled(
    form: Form, typed: Callable[[str], str], document: Callable[[], SimpleUploadedFile] | None = None
) -> dict[str, object]:
    """What is sent: `typed` for the fields a person types into, `document` for each file."""
    values: dict[str, object] = {**form.fixed, **{name: typed(name) for name in form.typed}}
    return values if document is None else {**values, **{name: document() for name in form.files}}
