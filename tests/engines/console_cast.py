"""One console per test process over an installation in which a contract year happened, and people to log in.

Django has one configuration per process, so every room that tests pages or the API takes these fixtures.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import contract_year
import pytest
from django.test import Client

from yunyue.doors.accesses import close_accesses
from yunyue.doors.office import Office, open_office
from yunyue.doors.opening import discovered
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import Settings
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Account

LogIn = Callable[..., Client]
GOOD_PASSWORD = "A-good-long-pass-phrase-7"

_FOLDER = tempfile.TemporaryDirectory(prefix="yunyue-console-", ignore_cleanup_errors=True)
SETTINGS = Settings(home=Path(_FOLDER.name), allowed_hosts=("testserver",), second_factor_roles=())
setup.configure(SETTINGS)
numbers = count(1)


def text(answer: object) -> str:
    """The page in an answer."""
    content: bytes = answer.content  # type: ignore[attr-defined]  # Django's test answers have a type of their own
    return content.decode("utf-8")


def patterns(resolver: object, prefix: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    """Every address of the console and its page."""
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]  # Django's two kinds of pattern share no type
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, address)
        else:
            yield address, pattern.callback


def prove(client: Client, account: "Account") -> None:
    """What a login by password leaves in the session: its holder proved to be there, just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Of the console of this test run."""
    return SETTINGS


@pytest.fixture(scope="session")
def first_password(settings: Settings) -> str:
    """The one-time password that the first start gave."""
    setup.migrate(settings)
    password = setup.ensure_administrator(settings)
    assert password is not None
    return password


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, first_password: str) -> Iterator[Office]:
    """The office of the contract year, which tests only read."""
    yield from _office(tmp_path_factory.mktemp("told"))


@pytest.fixture
def office(told: Office) -> Office:
    """The office of the contract year, open."""
    open_office(told)
    return told


@pytest.fixture
def own_office(tmp_path: Path, first_password: str) -> Iterator[Office]:
    """An office of the contract year that a test may change."""
    yield from _office(tmp_path)


def _office(home: Path) -> Iterator[Office]:
    kernel = contract_year.tell(Settings(home=home, private_targets=True))
    series = Series.open(home / "series")
    office = Office(Hosting(kernel, discovered(), series))
    open_office(office)
    yield office
    close_accesses(home)
    series.close()
    kernel.close()


@pytest.fixture
def log_in(settings: Settings, first_password: str) -> LogIn:
    """Logs a new account of a role in, without its password; in Chinese unless another language is asked for."""
    from yunyue.doors.web.accounts.models import Account

    def log_in(role: Role = Role.FOUNDER, language: str = "zh-hans", tenant: str = "") -> Client:
        """Another tenant user than of "dept-1" is asked for by its department."""
        department = tenant or ("dept-1" if role == Role.TENANT_USER else "")
        account = Account.objects.create(username=f"{role}-{next(numbers)}", role=role, password="!", tenant=department)
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        client.force_login(account)
        prove(client, account)
        return client

    return log_in
