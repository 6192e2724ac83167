"""Our own client against a running vault: fields, files, blind indexes, and clear refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openbao import Server, free_port, our_server

from yunyue.answer import Refused
from yunyue.services.crypto.client import Client, Key


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with our_server(tmp_path_factory.mktemp("client") / "vault") as running:
        running.initialise()
        running.ask("POST", "sys/mounts/bureau", {"type": "transit"}).raise_for_status()
        running.ask("POST", "bureau/keys/k", {"type": "sm4-gcm96"}).raise_for_status()
        yield running


@pytest.fixture
def key(server: Server) -> Key:
    return Client(server.address, server.token, "bureau/").key("k")


def test_a_field_bound_to_its_row_comes_back(key: Key) -> None:
    sealed = key.encrypt("张".encode(), b"people/1/name")
    assert isinstance(sealed, str)
    assert key.decrypt(sealed, b"people/1/name") == "张".encode()
    refused = key.decrypt(sealed, b"people/2/name")
    assert isinstance(refused, Refused)
    assert refused.reason == "cipher: message authentication failed"


def test_a_blind_index_is_equal_for_equal_values_of_a_column(key: Key) -> None:
    first = key.index(b"110101199003070011", "id")
    assert isinstance(first, str)
    assert first == key.index(b"110101199003070011", "id")
    assert first != key.index(b"110101199003070012", "id")
    assert key.index(b"b", "a") != key.index(b"", "ab")


@pytest.mark.parametrize("cipher", ["sm4-gcm", "aes256-gcm"])
def test_a_file_comes_back(key: Key, tmp_path: Path, cipher: str) -> None:
    (tmp_path / "plain").write_bytes(b"0123456789" * 300_000)
    assert key.encrypt_file(tmp_path / "plain", tmp_path / "sealed", cipher) == 3_000_000
    assert b"0123456789" not in (tmp_path / "sealed").read_bytes()
    assert key.decrypt_file(tmp_path / "sealed", tmp_path / "back") == 3_000_000
    assert (tmp_path / "back").read_bytes() == (tmp_path / "plain").read_bytes()
    assert (tmp_path / "back").stat().st_mode & 0o777 == 0o600


def test_a_changed_file_leaves_nothing_behind(key: Key, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(bytes(3 << 20))
    key.encrypt_file(tmp_path / "plain", tmp_path / "sealed")
    content = bytearray((tmp_path / "sealed").read_bytes())
    content[-1] ^= 1
    (tmp_path / "sealed").write_bytes(content)
    assert isinstance(key.decrypt_file(tmp_path / "sealed", tmp_path / "back"), Refused)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "sealed"]


def test_refusals_carry_the_vaults_reason(server: Server) -> None:
    refused = Client(server.address, "nobody", "bureau").key("k").encrypt(b"x")
    assert isinstance(refused, Refused)
    assert refused.reason == "permission denied"


def test_nobody_answering_is_a_refusal() -> None:
    refused = Client(f"http://127.0.0.1:{free_port()}", "t").key("k").encrypt(b"x")
    assert isinstance(refused, Refused)
    assert "does not answer" in refused.reason


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="http"):
        Client("cloud.example", "t")
