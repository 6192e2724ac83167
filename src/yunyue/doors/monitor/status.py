"""Public status pages: what a department chose to show to everybody, and nothing else.

A page names targets by words of the department's own; addresses, orders, errors and numbers of samples stay inside.
Without a page a department's name leads nowhere, and a page that was closed is as if it had never been.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec

from yunyue.answer import Refused
from yunyue.doors.monitor.wall import Incident, Spot, wall
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.entry import ENTRY

FILE: Final = "status-pages.json"
SHOWN_INCIDENTS: Final = 20

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{5,62}$(?!\n)")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target and what the public calls it."""

    order: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Words


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A department's page under /status/<slug>."""

    slug: Slug
    tenant: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title: Words
    targets: Annotated[tuple[Shown, ...], msgspec.Meta(min_length=1, max_length=100)]


class Line(msgspec.Struct, frozen=True):
    """What the public sees of a target: its public name, how it is, its days (tones), and when it was disturbed."""

    name: str
    state: str
    days: tuple[tuple[int, str], ...]
    share: int | None
    disturbed: tuple[tuple[int, int], ...]


class Pages:
    """The pages of one contract, in one file that is replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the service's own."""
        self._path = folder / FILE

    def all(self, tenant: str = "") -> tuple[Page, ...]:
        """Every page, or those of one department."""
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=tuple[Page, ...])
        except FileNotFoundError:
            return ()
        return tuple(one for one in found if tenant in ("", one.tenant))

    def open(self, page: Page) -> None:
        """Show a page, in place of the department's earlier one of that slug."""
        self._write((*(one for one in self.all() if one.slug != page.slug), page))

    def close(self, slug: str, tenant: str = "") -> Page | Refused:
        """Show it no more."""
        found = next((one for one in self.all(tenant) if one.slug == slug), None)
        if found is None:
            return Refused(f"there is no status page {slug!r}", "slug", "C37")
        self._write(tuple(one for one in self.all() if one.slug != slug))
        return found

    def _write(self, pages: tuple[Page, ...]) -> None:
        fresh = self._path.with_suffix(".tmp")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(pages))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._path)


def understand_page(plain: Mapping[str, object]) -> Page | Refused:
    """A page from what somebody sent. Refused: by field and its rule."""
    try:
        return msgspec.convert(plain, Page)
    except msgspec.ValidationError as broken:
        rule, _at, place = str(broken).partition(" - at `$.")
        return Refused(rule, place.rstrip("`") or "page", "C37")


def open_page(hosting: Hosting, contract: str, page: Page) -> Page | Refused:
    """Opt in. Refused: a target of another department, a slug that another page of the installation has."""
    mine = {one.order for one in wall(hosting, contract, page.tenant)}
    strange = next((one.order for one in page.targets if one.order not in mine), None)
    if strange is not None:
        return Refused(f"{strange} is no target of {page.tenant}", "targets", "C37")
    taken = found_page(hosting, page.slug)
    if taken is not None and (taken[0], taken[1].tenant) != (contract, page.tenant):
        return Refused(f"the name {page.slug} is taken", "slug", "C37")
    Pages(_folder(hosting, contract)).open(page)
    return page


def found_page(hosting: Hosting, slug: str) -> tuple[str, Page] | None:
    """The contract and the page of a slug."""
    for contract in hosting.kernel.contracts():
        for page in Pages(_folder(hosting, contract)).all():
            if page.slug == slug:
                return contract, page
    return None


def lines(hosting: Hosting, contract: str, page: Page) -> tuple[Line, ...]:
    """What a page shows; a target that is no longer the department's is left out."""
    spots = {one.order: one for one in wall(hosting, contract, page.tenant)}
    return tuple(_line(one.name, spots[one.order]) for one in page.targets if one.order in spots)


def _line(name: str, spot: Spot) -> Line:
    known = [one.share for one in spot.days if one.share is not None]
    share = sum(known) // len(known) if known else None
    days = tuple((one.day, one.tone) for one in spot.days)
    return Line(name, spot.state, days, share, tuple(_when(one) for one in spot.incidents[:SHOWN_INCIDENTS]))


def _when(incident: Incident) -> tuple[int, int]:
    return incident.start, incident.end


def _folder(hosting: Hosting, contract: str) -> Path:
    return Path(hosting.host(contract, ENTRY.code).folder)
