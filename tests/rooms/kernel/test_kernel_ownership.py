"""Whose a name or an address is, by the facts of a contract."""

from datetime import datetime

import msgspec
import pytest

from yunyue.journal.envelope import BEIJING, Fact, understand
from yunyue.journal.facts import OwnershipGranted, OwnershipProven, Payload
from yunyue.kernel.ownership import is_theirs

DIGEST = "sha256:" + "0" * 64
TIME = datetime(2024, 6, 3, tzinfo=BEIJING)


def fact(said: Payload) -> Fact:
    return Fact(id="f1", source="/console", time=TIME, subject="c", actor="provider:wang", data=said)


def granted(tenant: str, addresses: str) -> Fact:
    return fact(OwnershipGranted(tenant=tenant, addresses=addresses, document=DIGEST))


def proven(tenant: str, name: str) -> Fact:
    return fact(OwnershipProven(tenant=tenant, name=name, means="dns"))


def test_without_facts_nothing_is_anybodys() -> None:
    assert not is_theirs("bureau", "www.example.gov.cn", ())
    assert not is_theirs("bureau", "10.1.2.3", ())


def test_a_proven_name_is_the_tenants_however_it_is_written() -> None:
    facts = [proven("bureau", "www.example.gov.cn")]
    assert is_theirs("bureau", "WWW.example.gov.cn.", facts)
    assert not is_theirs("office", "www.example.gov.cn", facts)
    assert not is_theirs("bureau", "other.example.gov.cn", facts)


def test_a_proven_name_opens_no_address() -> None:
    assert not is_theirs("bureau", "10.1.2.3", [proven("bureau", "10.1.2.3")])


def test_granted_addresses_are_the_tenants_and_nobody_elses() -> None:
    facts = [granted("bureau", "10.1.2.0/24")]
    assert is_theirs("bureau", "10.1.2.3", facts)
    assert not is_theirs("bureau", "10.1.3.3", facts)
    assert not is_theirs("office", "10.1.2.3", facts)


def test_an_address_granted_to_two_tenants_is_neither_ones() -> None:
    facts = [granted("bureau", "10.1.2.0/24"), granted("office", "10.1.2.3/32")]
    assert not is_theirs("bureau", "10.1.2.3", facts)
    assert not is_theirs("office", "10.1.2.3", facts)
    assert is_theirs("bureau", "10.1.2.4", facts)


@pytest.mark.parametrize("addresses", ["127.0.0.0/8", "169.254.169.254/32", "0.0.0.0/0", "10.0.0.1/8", "::/0", "no"])
def test_the_machine_itself_links_and_whole_internets_are_granted_to_nobody(addresses: str) -> None:
    said = {"tenant": "bureau", "addresses": addresses, "document": DIGEST}
    refused = understand("ownership.granted", said)
    assert not isinstance(refused, OwnershipGranted)
    with pytest.raises((ValueError, msgspec.ValidationError)):
        OwnershipGranted(tenant="bureau", addresses=addresses, document=DIGEST)
