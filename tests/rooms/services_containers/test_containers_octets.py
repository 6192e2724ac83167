"""Installations of one machine have addresses of their own, whatever their folders' digests are."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.containers.podman import octets
from yunyue.services.containers.podman.octets import CLAIM, choose, free, taken
from yunyue.services.containers.podman.places import FIRST_OCTET, OCTETS, Places
from yunyue.services.containers.podman.station import PATH

EVERY = range(FIRST_OCTET, FIRST_OCTET + OCTETS)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """With a /run of its own."""
    monkeypatch.setattr(Places, "run", property(lambda self: tmp_path / f"yunyue-{self.key}"))
    return made(tmp_path / "one")


def made(folder: Path) -> Places:
    found = Places(folder)
    for one in (found.folder, found.run):
        one.mkdir(parents=True)
    return found


@pytest.fixture
def bridge() -> Iterator[str]:
    """A bridge of somebody else's."""
    subprocess.run(["ip", "link", "add", "yytest-o", "type", "bridge"], check=True)
    yield "yytest-o"
    subprocess.run(["ip", "link", "delete", "yytest-o"], check=True)


@given(st.sampled_from(EVERY), st.frozensets(st.sampled_from(EVERY)))
def test_what_is_chosen_is_free_and_none_only_when_all_are_taken(first: int, used: frozenset[int]) -> None:
    found = free(first, used)
    assert (found is None) == (len(used) == OCTETS)
    assert found is None or (found in EVERY and found not in used)
    assert first in used or found == first


def test_a_network_of_the_machine_is_stepped_around(places: Places, bridge: str) -> None:
    wished = places.octet()
    subprocess.run(["ip", "address", "add", f"10.{wished}.3.1/24", "dev", bridge], check=True)
    subprocess.run(["ip", "link", "set", bridge, "up"], check=True)
    assert wished in taken(PATH)
    assert choose(places, PATH) is None
    assert places.octet() != wished


def test_it_is_chosen_once_and_claimed_for_others_to_see(places: Places) -> None:
    assert choose(places, PATH) is None
    first = places.octet()
    assert (places.run / CLAIM).read_text() == str(first)
    assert choose(places, PATH) is None
    assert Places(places.folder).octet() == first
    assert places.replicas_subnet(1) == f"10.{first}.3.0/24"


def test_an_installation_from_before_keeps_the_addresses_it_has(places: Places, bridge: str) -> None:
    places.configuration.mkdir()
    before = places.octet()
    subprocess.run(["ip", "address", "add", f"10.{before}.3.1/24", "dev", bridge], check=True)
    assert choose(places, PATH) is None
    assert places.octet() == before


def test_without_a_free_one_it_says_so(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octets, "taken", lambda _: set(EVERY))
    answer = choose(places, PATH)
    assert isinstance(answer, Refused)
    assert answer.field == "engine"
