"""A real server with two departments that ordered transcoding, and people of both; films go in at its front door."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import contract_year
from browser_cast import Served

from yunyue.contract import starting_on
from yunyue.doors.office import Office
from yunyue.doors.opening import close_parts, open_parts
from yunyue.host.settings import Settings, environment
from yunyue.kernel import Recorder
from yunyue.orders.place import Wish, approve, place
from yunyue.store.interface import Appended

MINE, THEIRS = "dept-1", "dept-2"
PEOPLE = {"films": "TENANT_USER", "others": "TENANT_USER", "engineer": "ENGINEER", "provider": "SERVICE_MANAGER"}
TENANTS = {"films": MINE, "others": THEIRS}
SERVER = """
import os, sys
from yunyue.doors.serve import serve
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import read

settings = read(os.environ)
setup.migrate(settings)
for name, role, tenant in {people!r}:
    print(setup.add_account(settings, name, Role[role], tenant), flush=True)
refused = serve(settings, lambda address: print(address, flush=True))
sys.exit(str(refused) if refused else 0)
"""


@dataclass(frozen=True, slots=True)
class FilmServer:
    """Where it is, who may log in, its contract, and its home."""

    served: Served
    contract: str
    home: Path

    def page(self, path: str = "") -> str:
        """The address of a page of films."""
        return f"/films/{path}?contract={self.contract}"


def ordered(settings: Settings, tenants: tuple[str, ...] = (MINE, THEIRS)) -> str:
    """A contract that runs today, under which departments ordered transcoding; its id."""
    office = open_parts(settings)
    assert isinstance(office, Office), office
    kernel = office.kernel
    terms = starting_on(contract_year.terms(), kernel.clock.now().date())
    assert isinstance(kernel.register(terms, contract_year.RECORDER), Appended)
    for tenant in tenants:
        wish = Wish("transcode", "transcode-h264-720", Decimal(1000), tenant, terms.term.end, {})
        order = place(office.hosting, terms.id, wish, Recorder("maker", "/test"))
        assert isinstance(order, str), order
        done = approve(office.hosting, terms.id, order, Recorder("checker", "/test"))
        assert done is None, done
    close_parts(office)
    return terms.id


@contextmanager
def film_server(folder: Path) -> Iterator[FilmServer]:
    """The server, stopped as an operator stops it."""
    settings = Settings(home=folder / "home", port=0, log_level="warning", second_factor_roles=())
    contract = ordered(settings)
    people = [(name, role, TENANTS.get(name, "")) for name, role in PEOPLE.items()]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(people=people)],
        env={**os.environ, **environment(settings)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    given = [process.stdout.readline().strip() for _ in range(len(PEOPLE) + 1)]
    try:
        yield FilmServer(Served(given[-1], dict(zip(PEOPLE, given, strict=False)), set()), contract, settings.home)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0
