"""Whoever asks the registry's door for a pass is on record before the answer leaves, let in or turned away."""

import asyncio
import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from yunyue.answer import Refused
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.records import NOBODY, noting_of, record_with
from yunyue.services.containers.registry.server import Registry
from yunyue.services.containers.registry.tokens import PushTokens
from yunyue.store.access import Access

AT = 1_714_521_600_000
OWN, BASE, THEIRS = "repository:web/app:pull,push", "repository:base/busybox:pull", "repository:other/app:pull"
PROJECT = Project("po-1", "beijing-2024", "dept-1", "web", 0, ProjectOrder(name="web", vcpu=1), made=AT)


@dataclass
class Entrance:
    """A registry's door on the loopback, over a store of its own."""

    folder: Path
    records: list[Access] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = Store(self.folder)
        projects = Projects(store)
        assert not isinstance(projects.add(PROJECT), Refused)
        tokens = PushTokens(store, lambda: AT)
        made = tokens.issue(PROJECT.order, "ci")
        assert isinstance(made, str)
        self.token = made
        self.registry = Registry(self.folder / "registry", projects, tokens, lambda: AT)
        record_with(self.folder, self.records.append)

    def ask(self, user: str, given: str, *scopes: str) -> tuple[int, Any]:
        """Ask for a pass: status and answer."""

        login = base64.b64encode(f"{user}:{given}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "X-Request-ID": "r-12345678"}

        async def asked() -> tuple[int, Any]:
            assert await self.registry.open_door() is None
            try:
                async with (
                    ClientSession(headers=headers) as session,
                    session.get(self.registry.door, params=[("scope", one) for one in scopes]) as answer,
                ):
                    return answer.status, await answer.json()
            finally:
                await self.registry.close()

        return asyncio.run(asked())


@pytest.fixture
def entrance(tmp_path: Path) -> Entrance:
    return Entrance(tmp_path)


def test_a_pass_is_on_record_with_token_scope_contract_and_department(entrance: Entrance) -> None:
    status, answer = entrance.ask("web", entrance.token, OWN, BASE)
    assert (status, answer["expires_in"]) == (200, 300)
    assert entrance.records == [
        Access(
            at=AT,
            actor="push:web/ci",
            role="",
            tenant="dept-1",
            door="registry",
            kind="business",
            what="GET token",
            about=f"web {OWN} {BASE}",
            contract="beijing-2024",
            outcome="granted",
            status=200,
            address="127.0.0.1",
            request="r-12345678",
        )
    ]


def test_who_only_logs_in_is_on_record_too(entrance: Entrance) -> None:
    assert entrance.ask("web", entrance.token)[0] == 200
    assert [one.outcome for one in entrance.records] == ["granted"]


@pytest.mark.parametrize("scope", [THEIRS, "repository:base/busybox:pull,push", "registry:catalog:*"])
def test_what_a_token_is_not_given_is_on_record_as_refused(entrance: Entrance, scope: str) -> None:
    assert entrance.ask("web", entrance.token, OWN, scope)[0] == 200
    (one,) = entrance.records
    assert (one.outcome, one.actor, one.about) == ("refused", "push:web/ci", f"web {OWN} {scope}")


def test_a_wrong_token_is_turned_away_and_on_record_under_nobodys_name(entrance: Entrance) -> None:
    assert entrance.ask("web", "guess", OWN)[0] == 401
    (one,) = entrance.records
    assert (one.outcome, one.status, one.actor, one.tenant, one.contract) == ("refused", 401, "", "", "beijing-2024")
    assert (one.about, one.address) == (f"web {OWN}", "127.0.0.1")


@pytest.mark.parametrize("user", ["a-secret-typed-as-name", "platform", "", "平台"])
def test_a_stranger_is_on_record_and_what_they_typed_is_not(entrance: Entrance, user: str) -> None:
    assert entrance.ask(user, "秘密:web", OWN)[0] == 401
    (one,) = entrance.records
    assert (one.outcome, one.actor, one.contract, one.about) == ("refused", "", "", OWN)
    assert "secret" not in repr(one)


def test_a_token_is_in_no_record(entrance: Entrance) -> None:
    entrance.ask("web", entrance.token, OWN)
    entrance.ask(entrance.token, "", OWN)
    assert entrance.token not in repr(entrance.records)


def test_what_the_platform_pulls_is_on_record_where_it_was_applied(entrance: Entrance) -> None:
    assert entrance.ask("platform", entrance.registry.platform_token("web"), "repository:web/app:pull")[0] == 200
    assert entrance.records == []


def test_without_a_record_nobody_is_answered(entrance: Entrance) -> None:
    record_with(entrance.folder, lambda _record: Refused("the disk is full"))
    status, answer = entrance.ask("web", entrance.token, OWN)
    assert (status, answer) == (503, {"errors": [{"code": "UNAVAILABLE"}]})


def test_where_nobody_takes_records_none_is_kept(tmp_path: Path) -> None:
    record = Entrance(tmp_path / "mine")
    record.ask("web", "guess")
    assert noting_of(tmp_path / "another")(record.records[0]) == NOBODY
