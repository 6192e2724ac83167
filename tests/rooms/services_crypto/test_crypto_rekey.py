"""New shares: the old ones must agree, then open nothing any more; an interrupted rekeying changes nothing."""

from typing import Any

import pytest
from crypto_cast import Desk, b64


@pytest.fixture
def shared(tmp_path: Any) -> Desk:
    """A vault of three shares, two of which open it."""
    return Desk(tmp_path / "vault").make(shares=3, threshold=2)


def begun(desk: Desk, shares: int = 5, threshold: int = 3) -> str:
    return str(desk.post("sys/rekey/init", secret_shares=shares, secret_threshold=threshold).data["nonce"])


def given(desk: Desk, nonce: str, parts: list[bytes]) -> Any:
    for part in parts:
        done = desk.post("sys/rekey/update", key=part.hex(), nonce=nonce).data
    return done


def test_new_shares_open_and_old_ones_do_not(shared: Desk) -> None:
    shared.key("k")
    sealed = shared.encrypt("k")
    nonce = begun(shared)
    first = given(shared, nonce, shared.parts[:1])
    assert (first["progress"], first["required"], first["n"], first["t"]) == (1, 2, 5, 3)
    done = given(shared, nonce, shared.parts[2:])
    assert (done["complete"], len(done["keys"])) == (True, 5)
    again = shared.reopened()
    for part in again.parts[:2]:
        answer = again("PUT", "sys/unseal", {"key": part.hex()})
    assert answer.json["sealed"] is True
    again.parts = [bytes.fromhex(one) for one in done["keys"]]
    again("PUT", "sys/unseal", {"reset": True})
    again("PUT", "sys/unseal", {"key": again.parts[4].hex()})
    answer = again("PUT", "sys/unseal", {"key": again.parts[1].hex()})
    assert answer.json["sealed"] is True
    assert again("PUT", "sys/unseal", {"key": again.parts[0].hex()}).json["sealed"] is False
    assert again.decrypt("k", sealed).data["plaintext"] == b64("text")


def test_wrong_shares_change_nothing(shared: Desk) -> None:
    nonce = begun(shared)
    wrong = [bytes([part[0] ^ 1]) + part[1:] for part in shared.parts[:2]]
    shared.post("sys/rekey/update", key=wrong[0].hex(), nonce=nonce)
    assert "do not open" in shared.post("sys/rekey/update", key=wrong[1].hex(), nonce=nonce).error
    assert shared.reopened().unseal()


def test_one_share_twice_is_one_share(shared: Desk) -> None:
    assert given(shared, begun(shared), [shared.parts[0]] * 3)["progress"] == 1


def test_it_can_be_called_off(shared: Desk) -> None:
    nonce = begun(shared)
    given(shared, nonce, shared.parts[:1])
    assert "already in progress" in shared.post("sys/rekey/init", secret_shares=1, secret_threshold=1).error
    assert shared("DELETE", "sys/rekey/init").status == 204
    assert shared("GET", "sys/rekey/init").data["started"] is False
    assert "no rekey" in shared.post("sys/rekey/update", key=shared.parts[0].hex(), nonce=nonce).error


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"secret_shares": 2, "secret_threshold": 3}, "threshold"),
        ({"secret_shares": 300, "secret_threshold": 3}, "threshold"),
        ({"secret_shares": 1, "secret_threshold": 1, "pgp_keys": ["x"]}, "not supported"),
        ({"secret_shares": 1, "secret_threshold": 1, "require_verification": True}, "not supported"),
    ],
)
def test_what_cannot_be_is_refused(shared: Desk, body: dict[str, Any], reason: str) -> None:
    assert reason in shared("POST", "sys/rekey/init", body).error


def test_a_wrong_nonce_or_share_is_refused(shared: Desk) -> None:
    nonce = begun(shared)
    assert "incorrect nonce" in shared.post("sys/rekey/update", key=shared.parts[0].hex(), nonce="x").error
    assert "valid hex or base64" in shared.post("sys/rekey/update", key="?", nonce=nonce).error


def test_it_needs_sudo(shared: Desk) -> None:
    plain = shared.token('path "sys/rekey/*" { capabilities = ["read", "update", "delete"] }')
    assert shared("POST", "sys/rekey/init", {}, token=plain).status == 403
    assert shared("POST", "sys/rekey/update", {}, token=plain).status == 403
    assert shared("POST", "sys/rekey/init", {}, token="").status == 403


def test_a_rotated_term_and_a_rekey_go_together(shared: Desk) -> None:
    shared.key("k")
    sealed = shared.encrypt("k")
    assert shared("PUT", "sys/rotate").status == 204
    assert shared("GET", "sys/key-status").data["term"] == 2
    done = given(shared, begun(shared, 1, 1), shared.parts[:2])
    again = shared.reopened()
    again.parts = [bytes.fromhex(done["keys"][0])]
    again.unseal()
    assert again("GET", "sys/key-status").data["term"] == 2
    assert again.decrypt("k", sealed).data["plaintext"] == b64("text")


def test_the_same_paths_under_rotate_root(shared: Desk) -> None:
    nonce = shared.post("sys/rotate/root/init", secret_shares=1, secret_threshold=1).data["nonce"]
    for part in shared.parts[:2]:
        done = shared.post("sys/rotate/root/update", key=part.hex(), nonce=nonce).data
    assert done["complete"] is True
