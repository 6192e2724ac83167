"""Proof that a name is a tenant's, against real servers; and what nobody may probe before anything is proven."""

import asyncio
import socket
from pathlib import Path

import psutil
import pytest
from monitor_servers import Behaviour, Reply, answers, listening, page, resets, serving
from services_cast import START, TestHost, order
from test_monitor_dns import holding

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import OwnershipGranted, OwnershipProven
from yunyue.services.monitor import ownership
from yunyue.services.monitor.network import Network, barred
from yunyue.services.monitor.ownership import challenge, prove
from yunyue.services.monitor.service import service

NAME = "www.example.gov.cn"


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def by_dns(host: TestHost, reply: Reply, name: str = NAME, tenant: str = "bureau") -> OwnershipProven | Refused:
    async def both() -> OwnershipProven | Refused:
        async with listening(reply) as port:
            return await prove(host, tenant, name, "dns", f"127.0.0.1:{port}")

    return asyncio.run(both())


def by_http(host: TestHost, behave: Behaviour, monkeypatch: pytest.MonkeyPatch) -> OwnershipProven | Refused:
    async def nearby(_self: Network, _name: str, _port: int) -> str:
        return "127.0.0.1"

    async def both() -> OwnershipProven | Refused:
        async with serving(behave) as port:
            monkeypatch.setattr(ownership, "PORT", port)
            return await prove(host, "bureau", NAME, "http")

    monkeypatch.setattr(Network, "address", nearby)
    return asyncio.run(both())


class TestChallenge:
    def test_it_is_the_same_each_time_and_anothers_for_every_tenant_name_and_installation(self, tmp_path: Path) -> None:
        here, there = tmp_path / "a", tmp_path / "b"
        here.mkdir()
        there.mkdir()
        mine = challenge(here, "bureau", NAME)
        assert mine == challenge(here, "bureau", "WWW.example.gov.cn.")
        others = {challenge(here, "office", NAME), challenge(here, "bureau", "a.cn"), challenge(there, "bureau", NAME)}
        assert mine not in others
        assert len(others) == 3

    def test_its_secret_is_for_the_owner_alone(self, tmp_path: Path) -> None:
        challenge(tmp_path, "bureau", NAME)
        assert (tmp_path / "ownership.secret").stat().st_mode & 0o077 == 0


class TestDns:
    def test_the_word_in_a_txt_record_is_a_proof(self, host: TestHost) -> None:
        word = challenge(host.folder, "bureau", NAME)
        found = by_dns(host, holding(f'"{word}"', '"v=spf1 -all"', kind="TXT"))
        assert found == OwnershipProven(tenant="bureau", name=NAME, means="dns")

    def test_anothers_word_is_none(self, host: TestHost) -> None:
        word = challenge(host.folder, "office", NAME)
        refused = by_dns(host, holding(f'"{word}"', kind="TXT"))
        assert isinstance(refused, Refused)
        assert challenge(host.folder, "bureau", NAME) in refused.reason

    def test_no_record_is_none(self, host: TestHost) -> None:
        assert isinstance(by_dns(host, holding()), Refused)

    def test_a_server_that_says_nothing_is_none(self, host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ownership, "SECONDS", 0.2)
        refused = by_dns(host, lambda _: [])
        assert isinstance(refused, Refused)
        assert "timeout" in refused.reason

    @pytest.mark.parametrize("name", ["10.1.2.3", "::1", "localhost", "", "a b.cn", "a..cn/x"])
    def test_what_is_no_public_name_cannot_be_proven(self, host: TestHost, name: str) -> None:
        assert isinstance(by_dns(host, holding('"x"', kind="TXT"), name), Refused)


class TestHttp:
    def test_the_word_in_the_file_is_a_proof(self, host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
        word = challenge(host.folder, "bureau", NAME)
        found = by_http(host, answers(page(f"{word}\n".encode())), monkeypatch)
        assert found == OwnershipProven(tenant="bureau", name=NAME, means="http")

    @pytest.mark.parametrize(
        "behave",
        [
            answers(page(b"yunyue-proof=")),
            answers(page(b"", "404 Gone")),
            answers(page(b"", "302 Found", "Location: http://elsewhere.example/\r\n")),
            resets,
        ],
    )
    def test_anything_else_is_none(self, host: TestHost, behave: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
        assert isinstance(by_http(host, behave, monkeypatch), Refused)

    def test_the_proof_itself_reaches_no_address_that_may_not_be_probed(self, host: TestHost) -> None:
        host.allow_private = False
        refused = asyncio.run(prove(host, "bureau", "localhost.localdomain", "http"))
        assert isinstance(refused, Refused)
        assert "denied" in refused.reason or "resolver" in refused.reason


class TestBarred:
    def own(self) -> str:
        """An address of this machine's that is not loopback."""
        every = [one for found in psutil.net_if_addrs().values() for one in found]
        mine = [one.address for one in every if one.family == socket.AF_INET and not one.address.startswith("127.")]
        return mine[0] if mine else "127.0.0.1"

    def test_the_platforms_own_addresses_are_refused_even_where_they_are_public(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from yunyue.services.monitor import network as module

        monkeypatch.setattr(module, "_own", lambda _moment: frozenset({"8.8.4.4"}))
        assert "own" in barred("8.8.4.4", lambda _: False)
        assert barred("8.8.8.8", lambda _: False) == ""

    @pytest.mark.parametrize("written", ["::ffff:8.8.4.4", "64:ff9b::8.8.4.4", "2001:4860::5%1"])
    def test_however_they_are_written(self, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
        from yunyue.services.monitor import network as module

        monkeypatch.setattr(module, "_own", lambda _moment: frozenset({"8.8.4.4", "2001:4860::5"}))
        assert "own" in barred(written, lambda _: False)

    @pytest.mark.parametrize(
        "inside",
        ["64:ff9b:1::a00:1", "fec0::1", "::10.0.0.1", "::ffff:0:10.0.0.1", "5f00::1", "192.0.0.8", "2002:a00:1::1"],
    )
    def test_no_way_of_writing_leads_into_an_inner_network(self, inside: str) -> None:
        assert barred(inside, lambda _: False)

    def test_even_in_a_closed_network_an_address_granted_to_one_tenant_is_theirs_alone(self, host: TestHost) -> None:
        said = OwnershipGranted(tenant="bureau", addresses="10.1.2.0/24", document=f"sha256:{'0' * 64}")
        host.facts = [Fact(id="f1", source="/console", time=START, subject="c", actor="client:li", data=said)]
        host.proven_names = ("bureau:10.1.2.3",)
        assert barred("10.1.2.3", Network.of(host, "bureau").private_allowed) == ""
        assert barred("10.1.2.3", Network.of(host, "office").private_allowed)
        assert barred("::ffff:10.1.2.3", Network.of(host, "office").private_allowed)
        assert barred("10.9.9.9", Network.of(host, "office").private_allowed) == ""

    def test_this_machines_address_is_refused(self) -> None:
        assert barred(self.own(), lambda _: False)

    def test_what_was_granted_to_one_tenant_is_refused_to_the_others(self, host: TestHost) -> None:
        host.allow_private = False
        host.proven_names = ("bureau:10.1.2.3",)
        assert barred("10.1.2.3", Network.of(host, "bureau").private_allowed) == ""
        assert barred("10.1.2.3", Network.of(host, "office").private_allowed)
        assert barred("10.1.2.4", Network.of(host, "bureau").private_allowed)

    def test_metadata_services_are_refused_whoever_asks(self) -> None:
        assert barred("169.254.169.254", lambda _: True)

    def test_a_proven_name_that_leads_to_an_internal_address_is_refused(self, host: TestHost) -> None:
        host.allow_private = False
        host.proven_names = ("bureau:localhost",)
        refused = service.provision(order("o1", "bureau", target="localhost:80"), host)
        assert isinstance(refused, Refused)
        assert "not a public address" in refused.reason
