"""Open pages are told what the journal takes in, by whichever process, through a real server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import contract_year
import pytest
import requests
from server_cast import started

from yunyue.catalog import Sample
from yunyue.doors.office import Office
from yunyue.doors.telling import Turns
from yunyue.doors.telling import told as events_of
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import Settings, environment
from yunyue.journal.facts import OrderPlaced, PaymentMade
from yunyue.kernel import Kernel

SEATED = """
import os
from yunyue.doors.web import setup
from yunyue.host.settings import read

setup.migrate(read(os.environ))
from django.test import Client
from yunyue.doors.web.accounts.models import Account

client = Client()
client.force_login(Account.objects.create(username="reader", role="client_manager", password="!"))
print(client.cookies["sessionid"].value)
"""


def test_a_fact_is_told_to_who_reads_the_contract_and_an_order_to_its_department(told: Office) -> None:
    kernel = told.kernel
    size = kernel.journal.head().size
    events = {str(one.body["id"]): one for one in events_of(told, 0, size)}
    assert len(events) == size
    for one in kernel.facts(contract_year.CONTRACT):
        event = events[one.fact.id]
        assert (event.topic, event.contract, event.body["type"]) == ("fact", contract_year.CONTRACT, one.fact.type)
        assert Role.SYSTEM_ADMINISTRATOR not in event.roles
        match one.fact.data:
            case OrderPlaced(order=order, tenant=tenant):
                assert (event.tenant, event.body["order"]) == (tenant, order)
                assert Role.TENANT_USER in event.roles
            case PaymentMade():
                assert Role.TENANT_USER not in event.roles
            case _:
                pass


def seated(settings: Settings) -> str:
    """The session of somebody who is logged in."""
    surroundings = {**os.environ, **environment(settings)}
    done = subprocess.run([sys.executable, "-c", SEATED], env=surroundings, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def server(tmp_path: Path) -> "Iterator[tuple[Settings, str, subprocess.Popen[str]]]":
    """A server with an account; its settings, its address, its process."""
    settings = Settings(home=tmp_path / "home", port=0, log_level="warning")
    process = started(settings)
    assert process.stdout is not None
    yield settings, process.stdout.readline().strip(), process
    process.kill()
    process.communicate()


def test_what_another_process_records_reaches_an_open_page_and_the_server_still_stops_at_once(
    server: "tuple[Settings, str, subprocess.Popen[str]]",
) -> None:
    settings, address, process = server
    assert requests.get(f"{address}/events", timeout=30).status_code == 401
    cookies = {"sessionid": seated(settings)}
    with requests.get(f"{address}/events?topic=fact", cookies=cookies, stream=True, timeout=30) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines) == "retry: 3000"
        kernel = Kernel.open(settings)
        assert isinstance(kernel, Kernel)
        kernel.register(contract_year.terms(), contract_year.RECORDER)
        kernel.close()
        data = next(str(line) for line in lines if str(line).startswith("data: "))
        assert json.loads(data[6:])["type"] == "contract.registered"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert time.monotonic() - began < 8
        assert list(lines)[-1:] == [""]


class TestTurns:
    @pytest.fixture
    def turns(self, own_office: Office) -> Turns:
        made = Turns(own_office)
        assert made.look() == []
        return made

    def say(self, office: Office, *errors: str, order: str = "order-1", indicator: str = "availability") -> None:
        self.number = getattr(self, "number", 0)
        start = int(contract_year.at("2024-10-19").timestamp() * 1000)
        made = [
            Sample(order, indicator, start + self.number + n, not error, error, 1) for n, error in enumerate(errors)
        ]
        assert office.hosting.series.append(made, "test", 1, self.number) == len(made)
        self.number += len(made)

    def test_a_target_that_goes_down_and_comes_back_is_told_each_time(self, own_office: Office, turns: Turns) -> None:
        self.say(own_office, "", "", "reset", "reset", "")
        told = turns.look()
        assert [(one.body["order"], one.body["ok"], one.body["error"]) for one in told] == [
            ("order-1", False, "reset"),
            ("order-1", True, ""),
        ]
        assert {(one.topic, one.tenant, one.contract) for one in told} == {("turn", "dept-1", contract_year.CONTRACT)}
        assert Role.SYSTEM_ADMINISTRATOR not in told[0].roles

    def test_the_first_sample_a_gap_and_other_indicators_turn_nothing(self, own_office: Office, turns: Turns) -> None:
        self.say(own_office, "reset", "gap")
        self.say(own_office, "", indicator="availability@haidian")
        assert turns.look() == []
        self.say(own_office, "")
        assert [one.body["ok"] for one in turns.look()] == [True]
        assert turns.look() == []

    def test_an_order_of_nobody_is_told_to_nobody(self, own_office: Office, turns: Turns) -> None:
        self.say(own_office, "", "reset", order="stranger")
        assert turns.look() == []
