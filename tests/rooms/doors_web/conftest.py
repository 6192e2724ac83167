"""One console over one installation in which a contract year happened; each test brings its own accounts."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import contract_year
import pytest
from conftest_types import GOOD_PASSWORD, LogIn
from django.test import Client

from yunyue.doors.office import Office, open_office
from yunyue.doors.opening import discovered
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import Settings
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series

numbers = count(1)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of the console of this test run: Django allows one per process."""
    return Settings(home=tmp_path_factory.mktemp("console"), allowed_hosts=("testserver",))


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
    settings = Settings(home=home, private_targets=True)
    kernel = contract_year.tell(settings)
    registry = discovered()
    series = Series.open(home / "series")
    office = Office(Hosting(kernel, registry, series))  # type: ignore[arg-type]  # a refusal fails the first test
    open_office(office)
    yield office
    series.close()
    kernel.close()


@pytest.fixture
def log_in(settings: Settings, first_password: str) -> LogIn:
    """Logs a new account of a role in, its own password chosen; in Chinese unless another language is asked for."""

    def log_in(role: Role = Role.FOUNDER, language: str = "zh-hans") -> Client:
        from django.contrib.auth.hashers import make_password

        from yunyue.doors.web.accounts.models import Account

        account = Account.objects.create(
            username=f"{role}-{next(numbers)}", role=role, password=make_password(GOOD_PASSWORD)
        )
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        client.force_login(account)
        return client

    return log_in
