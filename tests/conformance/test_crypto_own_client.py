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


def test_a_batch_is_one_request_and_keeps_its_order(server: Server, key: Key) -> None:
    items = [(str(number).encode(), f"row/{number}".encode()) for number in range(300)]
    sealed = key.encrypt_many(items)
    assert not isinstance(sealed, Refused)
    assert key.decrypt_many([(one, bound) for one, (_, bound) in zip(sealed, items, strict=True)]) == [
        text for text, _ in items
    ]
    swapped = key.decrypt_many([(sealed[0], items[1][1]), (sealed[1], items[1][1])])
    assert isinstance(swapped, Refused)
    assert swapped.reason == "item 0: cipher: message authentication failed"


def test_rewrapping_brings_a_batch_to_the_latest_version(server: Server, key: Key) -> None:
    sealed = key.encrypt_many([(b"text", b"row")])
    assert not isinstance(sealed, Refused)
    server.ask("POST", "bureau/keys/k/rotate").raise_for_status()
    turned = key.rewrap_many([(sealed[0], b"row")])
    assert not isinstance(turned, Refused)
    assert int(turned[0].split(":")[1][1:]) == int(sealed[0].split(":")[1][1:]) + 1
    assert key.decrypt_many([(turned[0], b"row")]) == [b"text"]


def test_a_file_is_turned_over_where_it_lies(server: Server, key: Key, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(bytes(2 << 20))
    key.encrypt_file(tmp_path / "plain", tmp_path / "sealed")
    before = (tmp_path / "sealed").stat()
    server.ask("POST", "bureau/keys/k/rotate").raise_for_status()
    turned = key.rewrap_file(tmp_path / "sealed")
    assert isinstance(turned, int)
    assert turned >= 2
    assert (tmp_path / "sealed").stat().st_ino == before.st_ino
    assert key.decrypt_file(tmp_path / "sealed", tmp_path / "back") == 2 << 20


@pytest.mark.parametrize("missing", ["source", "folder"])
def test_files_that_are_not_there_are_refused(key: Key, tmp_path: Path, missing: str) -> None:
    (tmp_path / "plain").write_bytes(b"x")
    source = tmp_path / ("nothing" if missing == "source" else "plain")
    target = tmp_path / ("nowhere/sealed" if missing == "folder" else "sealed")
    refused = key.encrypt_file(source, target)
    assert isinstance(refused, Refused)
    assert "No such file" in refused.reason
    assert isinstance(key.rewrap_file(tmp_path / "nothing"), Refused)


def test_a_connection_the_server_closed_is_opened_again(server: Server) -> None:
    """uvicorn ends a connection that lay idle for five seconds; here its end is brought about at once."""
    client = Client(server.address, server.token, "bureau")
    assert isinstance(client.key("k").encrypt(b"x"), str)
    kept = client._threads.kept.connection
    kept.sock.shutdown(2)
    assert isinstance(client.key("k").encrypt(b"x"), str)
