"""Accounts of programs, their tokens, calls with them, and a second contract."""

from itertools import count
from typing import Any

import contract_year
from django.test import Client

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.kernel import Recorder

HERE = "/api/v1"
CONTRACT = "beijing-2024"
BY = Recorder("user:1", "/test")
numbers = count(1)


def account(role: Role = Role.CLIENT_MANAGER, **values: Any) -> Any:
    from yunyue.doors.web.accounts.models import Account

    tenant = "dept-1" if role == Role.TENANT_USER else ""
    name = f"program-{next(numbers)}"
    return Account.objects.create(username=name, role=role, tenant=tenant, password="!", **values)


def made(role: Role = Role.CLIENT_MANAGER, *scopes: str, contract: str = "", days: int = 30) -> tuple[Any, str]:
    """A token of a new account, and its secret."""
    from yunyue.doors.web.accounts import tokens

    holder = account(role)
    asked = tokens.Asked("a program", scopes or ("contracts:read", "facts:read"), contract, days)
    found = tokens.make(holder, asked, BY, holder)
    assert not isinstance(found, Refused), found
    return found


def call(secret: str, address: str, **headers: str) -> Any:
    return Client().get(HERE + address, headers={"Authorization": f"Bearer {secret}", **headers})


def another_contract(office: Office) -> str:
    """A second contract beside the one the year tells of."""
    import msgspec

    terms = msgspec.structs.replace(contract_year.terms(), id="beijing-2025")
    assert not isinstance(office.kernel.register(terms, BY), Refused)
    return terms.id
