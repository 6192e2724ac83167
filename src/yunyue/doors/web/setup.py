"""Making the console ready: its folder, its secret, its tables, its first account.

Django's models can be imported only once its settings are known, so some imports stand inside the functions.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django
from django.apps import apps

from yunyue.host.randomness import password, token
from yunyue.host.settings import Settings, environment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from yunyue.doors.web.accounts.roles import Role

FIRST_ACCOUNT: Final = "admin"
KEY_FILE: Final = "secret-key"


class ConfiguredOtherwise(Exception):
    """This process's console already belongs to another home folder."""


def configure(settings: Settings) -> None:
    """Make this process's Django the console of `settings`; again with the same home does nothing.

    Raises ConfiguredOtherwise for a second home: Django's settings are one per process.
    """
    if apps.ready:
        _require_same(settings.home)
        return
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _secret(settings.home / KEY_FILE)
    os.environ.update(environment(settings))
    os.environ["DJANGO_SETTINGS_MODULE"] = "yunyue.doors.web.settings"
    django.setup()


def migrate(settings: Settings) -> None:
    """Bring the tables of the accounts up to date."""
    configure(settings)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    if settings.database == "sqlite":
        (settings.home / "accounts.sqlite").chmod(0o600)


def unapplied(settings: Settings) -> tuple[str, ...]:
    """The changes to tables still to be made, by name."""
    configure(settings)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(str(migration) for migration, _backwards in plan)


def ensure_administrator(settings: Settings) -> str | None:
    """The password, to be used once, of the first account "admin"; None when accounts exist already."""
    configure(settings)
    from yunyue.doors.web.accounts.models import Account
    from yunyue.doors.web.accounts.roles import Role

    return None if Account.objects.exists() else add_account(settings, FIRST_ACCOUNT, Role.FOUNDER)


def add_account(settings: Settings, username: str, role: "Role", tenant: str = "", person: str = "") -> str:
    """Open an account on the machine itself and return its password, to be changed at the first login.

    A tenant user needs `tenant`; without `person` the account's name says whose it is. Raises IntegrityError for a
    name taken, a second account of a person, a tenant user without tenant. Once the three administrators exist, the
    one-time administrator is retired.
    """
    configure(settings)
    from yunyue.doors.web.accounts.keeping import retire_founder
    from yunyue.doors.web.accounts.models import Account

    chosen = password()
    account = Account(username=username, role=role, tenant=tenant, person=person, must_change_password=True)
    account.set_password(chosen)
    account.save(force_insert=True)
    retire_founder()
    return chosen


def console(settings: Settings) -> "WSGIApplication":
    """The console as a WSGI application, every page of it loaded: the first visitor does not wait for that."""
    configure(settings)
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import get_resolver

    handler = WSGIHandler()
    len(get_resolver().url_patterns)
    return handler


def _require_same(home: Path) -> None:
    from django.conf import settings as present

    if present.PLATFORM.home != home:
        raise ConfiguredOtherwise(f"This process serves {present.PLATFORM.home}, not {home}")


def _secret(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token() + token())
