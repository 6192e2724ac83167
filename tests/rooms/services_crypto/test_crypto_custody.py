"""What people do with keys: each act is possible in some states only, is in the use log, and can mostly be undone."""

from datetime import timedelta

import pytest
from crypto_cast import Desk

from yunyue.answer import Refused
from yunyue.services.crypto.custody.acts import ACTS, Act, Wish, act, possible
from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.key import Key

ME = "user:7"


def done(desk: Desk, what: Act, days: int = 7) -> Key:
    made = act(desk.vault, Wish(desk.mount.identifier, "k", what, days), ME)
    assert isinstance(made, Key), made
    return made


def refused(desk: Desk, what: Act, days: int = 7) -> str:
    made = act(desk.vault, Wish(desk.mount.identifier, "k", what, days), ME)
    assert isinstance(made, Refused)
    return made.reason


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A vault with a key."""
    desk.key("k", "sm4-gcm96")
    return desk


def test_rotating_gives_a_new_version_and_old_ciphertexts_open(kept: Desk) -> None:
    sealed = kept.encrypt("k")
    assert done(kept, "rotate").config.latest == 2
    assert kept.decrypt("k", sealed).status == 200


def test_a_disabled_key_does_nothing_until_it_is_enabled(kept: Desk) -> None:
    sealed = kept.encrypt("k")
    done(kept, "disable")
    assert "soft-deleted" in kept.decrypt("k", sealed).error
    done(kept, "enable")
    assert kept.decrypt("k", sealed).status == 200


@pytest.mark.parametrize("days", [7, 12, 30])
def test_a_deleted_key_waits_and_can_be_brought_back(kept: Desk, days: int) -> None:
    sealed = kept.encrypt("k")
    key = done(kept, "delete", days)
    assert key.config.erase_at - kept.vault.now() == days * 86_400_000
    kept.clock.move(timedelta(days=days - 1))
    kept.vault.keep_house()
    done(kept, "undelete")
    assert kept.decrypt("k", sealed).status == 200


def test_a_deleted_key_is_destroyed_when_its_time_is_over(kept: Desk) -> None:
    done(kept, "delete", 7)
    kept.clock.move(timedelta(days=7))
    kept.vault.keep_house()
    assert kept.space.get("k") is None
    assert "no key" in refused(kept, "undelete")


@pytest.mark.parametrize("days", [-1, 0, 6, 31, 10_000])
def test_a_waiting_period_outside_seven_to_thirty_days_is_refused(kept: Desk, days: int) -> None:
    assert "7 to 30" in refused(kept, "delete", days)
    assert kept.space.get("k") is not None


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ((), "enable"),
        ((), "undelete"),
        (("disable",), "rotate"),
        (("disable",), "disable"),
        (("disable",), "undelete"),
        (("delete",), "delete"),
        (("delete",), "rotate"),
        (("delete",), "disable"),
        (("delete",), "enable"),
    ],
)
def test_what_a_state_does_not_allow_is_refused_and_changes_nothing(
    kept: Desk, before: tuple[Act, ...], what: Act
) -> None:
    for one in before:
        done(kept, one)
    was, size = kept.space.get("k"), kept.vault.log.head()[0]
    assert refused(kept, what)
    now = kept.space.get("k")
    assert was is not None
    assert now is not None
    assert (now.config, kept.vault.log.head()[0]) == (was.config, size)


def test_a_disabled_key_can_be_deleted(kept: Desk) -> None:
    done(kept, "disable")
    assert done(kept, "delete").config.erase_at


def test_every_act_is_in_the_use_log_with_its_person(kept: Desk) -> None:
    start = kept.vault.log.head()[0]
    for one in ("rotate", "disable", "enable", "delete", "undelete"):
        done(kept, one)
    found = [use for _, use in kept.vault.log.read(start, start + 10)]
    assert [use.operation for use in found] == [f"person {one}" for one in ACTS]
    assert {(use.actor, use.key, use.space, use.version) for use in found} == {(ME, "k", kept.mount.identifier, 2)}


def test_an_unwritable_use_log_is_said(kept: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_uses: object) -> None:
        raise StorageFailed("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(kept.vault.log, "append", fails)
        assert "the disk is full" in refused(kept, "rotate")
    assert kept("GET", "transit/keys/k").data["latest_version"] == 1


def test_a_sealed_vault_and_a_space_of_nobody_are_refused(kept: Desk) -> None:
    assert isinstance(possible(kept.vault, Wish("nothing", "k", "rotate")), Refused)
    identifier = kept.mount.identifier
    kept("PUT", "sys/seal")
    found = possible(kept.vault, Wish(identifier, "k", "rotate"))
    assert isinstance(found, Refused)
    assert "sealed" in found.reason
