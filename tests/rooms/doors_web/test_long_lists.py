"""Lists that grow come in pages, whatever was sent before; taken along as Excel they come whole."""

import io
from typing import Any

import pytest
from console_cast import LogIn, text
from django.test import Client
from form_cast import paper, sent
from python_calamine import CalamineWorkbook

from yunyue.doors.office import Office
from yunyue.doors.web import setup
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.tables import paging
from yunyue.host.settings import Settings
from yunyue.kernel import Recorder


@pytest.fixture(autouse=True)
def one_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS", 1)


def rows(page: str) -> str:
    """What stands in the first table of a page."""
    return page.split("<tbody>")[1].split("</tbody>")[0]


def pages(client: Client, address: str, names: list[str]) -> None:
    """Each page has one of the names, in this order, and the first leads on to the second."""
    for number, name in enumerate(names, 1):
        page = text(client.get(f"{address}?page={number}"))
        assert [one for one in names if one in rows(page)] == [name]
        assert f"<span>{number} / {len(names)}</span>" in page
    assert 'page=2"' in text(client.get(address))


def whole(client: Client, address: str) -> str:
    content = client.get(address).content
    return str(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


def test_tokens_come_in_pages_newest_first(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.ENGINEER)
    me = Account.objects.get(pk=client.session["_auth_user_id"])
    for name in ("paged-old", "paged-new"):
        asked = tokens.Asked(name, ("facts:read",), "", 7)
        assert isinstance(tokens.make(me, asked, Recorder(me.pseudonym, "/test"), me), tuple)
    pages(client, "/accounts/tokens", ["paged-new", "paged-old"])
    book = whole(client, "/accounts/tokens?as=excel")
    assert "paged-old" in book
    assert "paged-new" in book


def test_accounts_come_in_pages_also_after_a_form_that_was_refused(
    own_office: Office, log_in: LogIn, settings: Settings
) -> None:
    setup.add_account(settings, "paged-engineer", Role.ENGINEER)
    client = log_in(Role.SYSTEM_ADMINISTRATOR)
    names = list(Account.objects.order_by("-waiting", "-is_active", "username").values_list("username", flat=True))
    place = names.index("paged-engineer") + 1
    assert "<strong>paged-engineer</strong>" in text(client.get(f"/accounts/all?page={place}"))
    assert rows(text(client.get("/accounts/all"))).count("<tr>") == 1
    refused = client.post("/accounts/open", {"username": "", "person": "", "role": "", "tenant": ""})
    assert refused.status_code == 422
    assert 'href="/accounts/all?page=2"' in text(refused)
    book = whole(client, "/accounts/all?as=excel&page=2")
    assert all(name in book for name in names)


def test_orders_to_rework_come_in_pages(own_office: Office, log_in: LogIn) -> None:
    manager = log_in(Role.CLIENT_MANAGER)
    for notice, day in (("paged-1", "2024-11-20"), ("paged-2", "2024-11-21")):
        order: dict[str, Any] = {"notice": notice, "about": "slow", "deadline": day, "document": paper()}
        assert sent(manager, "rectification.ordered", **order)[0] == 302
    first, second = (rows(text(manager.get(f"/rectifications?page={number}"))) for number in (1, 2))
    assert {first.count("paged-1<"), second.count("paged-1<")} == {0, 1}
    assert {first.count("paged-2<"), second.count("paged-2<")} == {0, 1}
    book = whole(manager, "/rectifications?as=excel")
    assert all(one in book for one in ("paged-1", "paged-2"))


def test_the_register_of_staff_comes_in_pages(own_office: Office, log_in: LogIn) -> None:
    provider = log_in(Role.SERVICE_MANAGER)
    for person, post in (("p-1", "manager"), ("p-2", "engineer")):
        assert sent(provider, "staff.proposed", person=person, post=post, replaces="")[0] == 302
    pages(provider, "/staff", ["<code>p-1</code>", "<code>p-2</code>"])
    book = whole(provider, "/staff?as=excel")
    assert "p-1" in book
    assert "p-2" in book
