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

from yunyue.doors.office import Office
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
        data = next(line for line in lines if line.startswith("data: "))
        assert json.loads(data[6:])["type"] == "contract.registered"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert time.monotonic() - began < 8
        assert list(lines)[-1:] == [""]
