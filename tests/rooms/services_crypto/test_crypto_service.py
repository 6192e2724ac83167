"""Cryptography as a service: a key space and a token for each order, metered by key·day and calls, and judged."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk, b64
from services_cast import BrokenSeries, TestHost

from yunyue.answer import Refused
from yunyue.catalog import Order, Result, Window
from yunyue.host.clock import VirtualClock
from yunyue.journal.facts import SampleWindow, ServiceDelivered, ServiceRetired, UsageMetered
from yunyue.services.crypto.entry import CALLS, ENTRY, KEY_DAYS
from yunyue.services.crypto.instances import Instances
from yunyue.services.crypto.key import KeyConfig
from yunyue.services.crypto.samples import Samples
from yunyue.services.crypto.service import FOLDER, GRACE_DAYS, HostClock, _round, open_vault, service, vault_folder
from yunyue.services.crypto.vault import Request, Vault
from yunyue.services.crypto.vaults import close_vault, development_token, vault_at

DAY = timedelta(days=1)


class Office:
    """An installation with one contract, its vault open, and root at hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host = TestHost(root, agreed=ENTRY.objectives)
        self.vault = vault_at(root / FOLDER, HostClock(self.host), development=True)
        token = development_token(root / FOLDER)
        assert isinstance(token, str)
        self.token = token

    def order(self, identifier: str = "o1", **parameters: object) -> Result:
        return service.provision(Order(identifier, "crypto-key", Decimal(1), "bureau", parameters), self.host)

    def handed(self, identifier: str = "o1") -> str:
        """The token in the file an operator hands over."""
        wrapped = (Path(self.host.folder) / f"{identifier}.wrapped-token").read_text().strip()
        reply = self.ask("POST", "sys/wrapping/unwrap", token=wrapped)
        assert reply[0] == 200, reply
        return str(reply[1]["auth"]["client_token"])

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:

        sent = json.dumps(body or {}).encode()
        reply = self.vault.handle(Request(method, path, sent, token or self.token))
        return reply.status, json.loads(reply.body) if reply.body else None

    def path(self, identifier: str = "o1") -> str:
        return Instances(Path(self.host.folder)).all()[identifier].path

    def used(self, start: datetime, end: datetime, identifier: str = "o1") -> dict[str, Decimal]:
        found = service.meter(identifier, Window(start, end), self.host)
        assert not isinstance(found, Refused), found
        return {one.meter: one.quantity for one in found if isinstance(one, UsageMetered)}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    close_vault(tmp_path / FOLDER)


def test_an_order_makes_a_key_space_that_its_token_opens_and_no_other(office: Office) -> None:
    assert office.order() == (ServiceDelivered(order="o1"),)
    assert office.order("o2", path="second") == (ServiceDelivered(order="o2"),)
    token = office.handed()
    assert office.path("o2") == "second/"
    assert office.ask("POST", f"{office.path()}keys/k", {"type": "sm4-gcm96"}, token)[0] == 200
    assert office.ask("POST", "second/keys/k", {}, token)[0] == 403
    assert office.ask("GET", "sys/mounts", None, token)[0] == 403


def test_the_token_is_handed_over_once_in_a_file_for_its_owner_alone(office: Office) -> None:
    office.order()
    path = Path(office.host.folder) / "o1.wrapped-token"
    assert path.stat().st_mode & 0o777 == 0o600
    office.handed()
    assert office.ask("POST", "sys/wrapping/unwrap", token=path.read_text().strip())[0] == 400


def test_an_orders_id_leads_to_no_other_folder(office: Office) -> None:
    """An id may hold slashes and dots."""
    before = {path.name for path in office.root.rglob("*")}
    assert office.order("a/../../b") == (ServiceDelivered(order="a/../../b"),)
    made = Path(office.host.folder) / "a%2F..%2F..%2Fb.wrapped-token"
    assert made.exists()
    assert [one.name for one in office.root.rglob("*.wrapped-token") if one.name not in before] == [made.name]


def test_the_same_order_again_makes_nothing_new(office: Office) -> None:
    office.order()
    token = office.handed()
    assert office.order() == (ServiceDelivered(order="o1"),)
    assert office.ask("GET", "auth/token/lookup-self", None, token)[0] == 200
    assert len(office.vault.mounts.all()) == 1


@pytest.mark.parametrize(
    ("parameters", "field"), [({"path": "Upper"}, "parameters.path"), ({"surprise": 1}, "parameters")]
)
def test_parameters_that_make_no_sense_are_refused(office: Office, parameters: dict[str, object], field: str) -> None:
    refused = office.order("o1", **parameters)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == (field, "C37")


def test_a_path_in_use_is_refused(office: Office) -> None:
    office.order("o1", path="same")
    refused = office.order("o2", path="same")
    assert isinstance(refused, Refused)
    assert "already in use" in refused.reason


def test_a_vault_that_is_not_made_or_sealed_refuses_with_what_to_do(tmp_path: Path) -> None:
    host = TestHost(tmp_path)
    try:
        wanted = Order("o1", "crypto-key", Decimal(1), "bureau", {})
        refused = service.provision(wanted, host)
        assert isinstance(refused, Refused)
        assert "operator init" in refused.reason
        vault = vault_at(tmp_path / FOLDER, HostClock(host))
        vault.opening.initialise(1, 1)
        assert service.provision(wanted, host) == (ServiceDelivered(order="o1"),)
        vault.seal.close()
        window = Window(host.now(), host.now() + DAY)
        answers = [
            service.provision(wanted, host),
            service.operate("o1", "rotate", host),
            service.meter("o1", window, host),
            service.retire("o1", host),
        ]
        assert all(isinstance(one, Refused) and "sealed" in str(one) for one in answers)
    finally:
        close_vault(tmp_path / FOLDER)


def test_a_new_token_ends_the_old_one(office: Office) -> None:
    office.order()
    old = office.handed()
    assert service.operate("o1", "new_token", office.host) == ()
    new = office.handed()
    assert office.ask("GET", "auth/token/lookup-self", None, old)[0] == 403
    assert office.ask("GET", "auth/token/lookup-self", None, new)[0] == 200


def test_every_key_is_rotated_and_each_is_recorded(office: Office) -> None:
    office.order()
    for name in ("a", "b"):
        office.ask("POST", f"{office.path()}keys/{name}", {"type": "sm4-gcm96"})
    assert service.operate("o1", "rotate", office.host) == ()
    versions = [office.ask("GET", f"{office.path()}keys/{name}")[1]["data"]["latest_version"] for name in ("a", "b")]
    assert versions == [2, 2]
    noted = [use.key for _, use in office.vault.log.read(0, 1000) if use.operation == "rotate-all"]
    assert noted == ["a", "b"]


def test_a_key_that_must_not_be_rotated_here_is_left_as_it_is_and_nothing_is_noted(office: Office) -> None:
    office.order()
    space = office.vault.space(Instances(Path(office.host.folder)).all()["o1"].identifier)
    assert space is not None
    for name, more in (("imported", {"imported": True, "allow_rotation": False}), ("aside", {"soft_deleted": True})):
        space.make(KeyConfig(name, "sm4-gcm96", office.vault.now(), **more))
    assert service.operate("o1", "rotate", office.host) == ()
    found = [space.get(name) for name in ("aside", "imported")]
    assert [one.config.latest for one in found if one is not None] == [1, 1]
    assert not [use for _, use in office.vault.log.read(0, 1000) if use.operation == "rotate-all"]


class TestMeters:
    def test_a_key_costs_from_its_making_to_its_deletion(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        office.ask("POST", f"{office.path()}keys/k", {})
        office.host.forward(1.5 * 86_400)
        assert office.used(start, start + 10 * DAY)[KEY_DAYS] == Decimal(10)
        assert office.used(start, start + DAY)[KEY_DAYS] == Decimal(1)
        office.ask("POST", f"{office.path()}keys/k/config", {"deletion_allowed": True})
        office.ask("DELETE", f"{office.path()}keys/k")
        assert office.used(start, start + 10 * DAY)[KEY_DAYS] == Decimal("1.5")

    def test_waiting_for_destruction_is_free_and_coming_back_is_not(self, office: Office) -> None:
        office.order()
        start, key = office.host.now(), f"{office.path()}keys/k"
        office.ask("POST", key, {})
        office.ask("POST", f"{key}/config", {"deletion_allowed": True})
        office.host.forward(86_400)
        office.ask("DELETE", key)
        office.host.forward(3 * 86_400)
        office.ask("POST", f"{key}/soft-delete-restore")
        office.host.forward(86_400)
        office.ask("DELETE", key)
        office.host.forward(30 * 86_400)
        office.vault.keep_house()
        assert office.ask("GET", key)[0] == 404
        assert office.used(start, start + 100 * DAY)[KEY_DAYS] == Decimal(2)
        assert office.used(start, start + 2 * DAY)[KEY_DAYS] == Decimal(1)

    def test_calls_that_were_answered_count_in_tens_of_thousands(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        office.ask("POST", f"{office.path()}keys/k", {})
        for _ in range(24):
            office.ask("POST", f"{office.path()}encrypt/k", {"plaintext": b64("x")})
        office.ask("POST", f"{office.path()}decrypt/k", {"ciphertext": "nonsense"})
        assert office.used(start, start + DAY)[CALLS] == Decimal("0.0025")
        assert office.used(start + DAY, start + 2 * DAY)[CALLS] == 0

    def test_one_broken_item_does_not_make_a_batch_free(self, office: Office) -> None:
        office.order()
        start, path = office.host.now(), office.path()
        office.ask("POST", f"{path}keys/k", {})
        batch = {"batch_input": [{"plaintext": b64("x")}] * 9 + [{"plaintext": "%"}]}
        for chosen in ({}, {"partial_failure_response_code": 503}):
            office.ask("POST", f"{path}encrypt/k", {**batch, **chosen})
        office.ask("POST", f"{path}encrypt/k", {"batch_input": [{"plaintext": "%"}]})
        assert office.used(start, start + DAY)[CALLS] == Decimal("0.0003")

    def test_another_orders_keys_and_calls_are_not_ours(self, office: Office) -> None:
        office.order()
        office.order("o2")
        start = office.host.now()
        office.ask("POST", f"{office.path('o2')}keys/k", {})
        assert office.used(start, start + DAY) == {KEY_DAYS: Decimal(0), CALLS: Decimal(0)}


class TestIndicators:
    def windows(self, office: Office, start: datetime, minutes: int) -> list[SampleWindow]:
        office.host.seal()
        found = service.indicate("o1", Window(start, start + timedelta(minutes=minutes)), office.host)
        assert not isinstance(found, Refused), found
        return [one for one in found if isinstance(one, SampleWindow)]

    def rounds(self, office: Office, count: int, waited: int = 0) -> None:
        samples = Samples(office.host, office.vault)
        for _ in range(count):
            _round(samples, office.vault, office.host, waited)
            office.host.forward(12)

    def test_the_service_tries_itself_five_times_a_minute(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        self.rounds(office, 10)
        (only,) = self.windows(office, start, 2)
        assert (only.objective, only.total, only.good, only.bad_minutes) == ("crypto-availability", 10, 10, 0)
        assert only.segments

    def test_a_sealed_minute_is_a_bad_minute(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        self.rounds(office, 5)
        office.vault.seal.close()
        self.rounds(office, 5)
        found = self.windows(office, start, 2)
        assert [(one.total, one.good, one.bad_minutes) for one in found] == [(5, 5, 0), (5, 0, 1)]

    def test_each_call_is_a_sample_once_even_when_sent_again(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        office.ask("POST", f"{office.path()}keys/k", {})
        for _ in range(9):
            office.ask("POST", f"{office.path()}encrypt/k", {"plaintext": b64("x")})
        instance = Instances(Path(office.host.folder)).all()["o1"]
        samples = Samples(office.host, office.vault)
        assert samples.uses(instance) == 10
        assert samples.uses(instance) == 0
        office.vault.log.set_forwarded(instance.identifier, 0, 0)
        assert samples.uses(instance) == 10
        (only,) = self.windows(office, start, 1)
        assert (only.total, only.good) == (10, 10)

    def test_a_department_cannot_make_its_own_service_look_down(self, office: Office) -> None:
        office.order()
        start, path = office.host.now(), office.path()
        office.ask("POST", f"{path}keys/k", {})
        for _ in range(9):
            assert office.ask("GET", f"{path}backup/k")[0] == 500
        Samples(office.host, office.vault).uses(Instances(Path(office.host.folder)).all()["o1"])
        (only,) = self.windows(office, start, 1)
        assert (only.total, only.good) == (10, 10)

    def test_uses_wait_when_the_series_takes_nothing(self, office: Office) -> None:
        office.order()
        office.ask("POST", f"{office.path()}keys/k", {})
        instance = Instances(Path(office.host.folder)).all()["o1"]
        broken = BrokenSeries(office.host.store, Refused("the disk is full"))
        office.host.series = broken
        samples = Samples(office.host, office.vault)
        assert samples.uses(instance) == 0
        samples.attempt([instance])
        broken.mend()
        assert samples.uses(instance) == 1

    def test_a_lost_key_shows(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        for name in ("a", "b"):
            office.ask("POST", f"{office.path()}keys/{name}", {})
        identifier = Instances(Path(office.host.folder)).all()["o1"].identifier
        office.vault.barrier.rows.put(f"space/{identifier}/version/a/00000001", None)
        self.rounds(office, 1, waited=10**6)
        kept = [one for one in self.windows(office, start, 1) if one.objective == "crypto-keys"]
        assert [(one.total, one.good) for one in kept] == [(2, 1)]

    def test_windows_lie_on_minutes_and_rest_on_sealed_samples(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        self.rounds(office, 5)
        early = service.indicate("o1", Window(start, start + timedelta(minutes=1)), office.host)
        assert isinstance(early, Refused)
        assert "not sealed" in early.reason
        crooked = Window(start + timedelta(seconds=1), start + timedelta(minutes=2))
        assert isinstance(service.indicate("o1", crooked, office.host), Refused)


class TestEnd:
    def test_a_retired_order_loses_its_tokens_at_once_and_its_keys_after_the_grace(self, office: Office) -> None:
        office.order()
        token, path = office.handed(), office.path()
        office.ask("POST", f"{path}keys/k", {})
        assert service.retire("o1", office.host) == (ServiceRetired(order="o1"),)
        assert office.ask("GET", f"{path}keys/k", None, token)[0] == 403
        samples = Samples(office.host, office.vault)
        office.host.forward(GRACE_DAYS * 86_400 - 1)
        _round(samples, office.vault, office.host, 0)
        assert office.ask("GET", f"{path}keys/k")[0] == 200
        office.host.forward(1)
        _round(samples, office.vault, office.host, 0)
        assert office.ask("GET", f"{path}keys/k")[0] == 404

    def over(self, office: Office) -> None:
        """The grace of whatever is retired ends, and a round later the next one begins."""
        office.host.forward(GRACE_DAYS * 86_400)
        for _ in range(2):
            _round(Samples(office.host, office.vault), office.vault, office.host, 0)

    def test_a_path_used_again_belongs_to_the_new_order(self, office: Office) -> None:
        office.order("o1", path="same")
        service.retire("o1", office.host)
        self.over(office)
        assert office.order("o2", path="same") == (ServiceDelivered(order="o2"),)
        office.ask("POST", "same/keys/k", {})
        self.over(office)
        assert office.ask("GET", "same/keys/k")[0] == 200

    def test_what_was_used_is_still_told_when_the_keys_are_gone(self, office: Office) -> None:
        office.order()
        start = office.host.now()
        office.ask("POST", f"{office.path()}keys/k", {})
        office.host.forward(2 * 86_400)
        service.retire("o1", office.host)
        before = office.used(start, start + 100 * DAY)
        self.over(office)
        assert office.used(start, start + 100 * DAY) == before
        assert before[KEY_DAYS] == Decimal(2)

    def test_what_is_retired_takes_no_actions(self, office: Office) -> None:
        office.order()
        service.retire("o1", office.host)
        assert isinstance(service.operate("o1", "rotate", office.host), Refused)
        assert isinstance(office.order(), Refused)


def test_it_works_by_itself_until_cancelled_and_survives_a_broken_log(office: Office) -> None:
    office.order()
    office.ask("POST", f"{office.path()}keys/k", {"auto_rotate_period": "1h"})

    async def work() -> None:
        task = asyncio.create_task(service.work(office.host))
        while office.ask("GET", f"{office.path()}keys/k")[1]["data"]["latest_version"] == 1:
            await asyncio.sleep(0)
        office.vault.log.close()
        before = office.host.time
        while office.host.time < before + timedelta(minutes=2):
            await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())


def test_the_door_and_the_service_open_the_same_vault(office: Office) -> None:
    assert vault_folder(Path("/home")) == Path("/home/crypto") / FOLDER
    assert open_vault(office.host) is office.vault
    assert isinstance(office.vault, Vault)
    assert Desk(office.root / "elsewhere", VirtualClock(office.host.now())).vault is not office.vault
