"""Files and streams under data keys: whatever was sealed opens, and no piece is changed, swapped, lost or added."""

import io
from base64 import b64decode
from typing import Any

import pytest
from crypto_cast import Desk, b64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.crypto.envelope import MAGIC, open_stream, seal_stream

CIPHERS = ["sm4-gcm", "aes128-gcm", "aes256-gcm", "chacha20-poly1305"]
TEXT = bytes(range(100))


class Keys:
    """Data keys of a real vault, without the network between."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.key("files", "sm4-gcm96")

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        made = self.desk.post("transit/datakey/plaintext/files", bits=octets * 8).data
        return b64decode(made["plaintext"]), str(made["ciphertext"])

    def open(self, sealed: str) -> bytes | Refused:
        shown = self.desk.decrypt("files", sealed)
        return b64decode(shown.data["plaintext"]) if shown.status == 200 else Refused(shown.error)


class Drops(io.BytesIO):
    """A source that gives a few octets at a time, as a pipe does."""

    def readinto(self, buffer: Any, /) -> int:
        return super().readinto(memoryview(buffer)[:7])


class Slow(io.BytesIO):
    """A target that takes a few octets at a time, as a file without buffer may."""

    def write(self, content: Any, /) -> int:
        return super().write(memoryview(content)[:5])


@pytest.fixture
def keys(desk: Desk) -> Keys:
    return Keys(desk)


def sealed(keys: Keys, text: bytes, cipher: str = "sm4-gcm", piece: int = 16) -> bytes:
    target = io.BytesIO()
    assert seal_stream(keys, io.BytesIO(text), target, cipher, piece) == len(text)
    return target.getvalue()


def opened(keys: Keys, stream: bytes) -> bytes | Refused:
    target = io.BytesIO()
    done = open_stream(keys, io.BytesIO(stream), target)
    return done if isinstance(done, Refused) else target.getvalue()


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 100])
def test_a_stream_of_any_length_comes_back(keys: Keys, cipher: str, length: int) -> None:
    assert opened(keys, sealed(keys, TEXT[:length], cipher)) == TEXT[:length]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=200), piece=st.integers(1, 50))
def test_any_text_in_any_pieces_comes_back(keys: Keys, text: bytes, piece: int) -> None:
    assert opened(keys, sealed(keys, text, piece=piece)) == text


def test_a_source_that_gives_little_at_a_time_is_read_whole(keys: Keys) -> None:
    target = io.BytesIO()
    assert seal_stream(keys, Drops(TEXT), target, "sm4-gcm", 16) == 100
    back = Slow()
    assert open_stream(keys, Drops(target.getvalue()), back) == 100
    assert back.getvalue() == TEXT


def test_a_change_of_any_byte_is_refused(keys: Keys) -> None:
    stream = sealed(keys, TEXT)
    for place in range(len(stream)):
        changed = stream[:place] + bytes([stream[place] ^ 1]) + stream[place + 1 :]
        assert isinstance(opened(keys, changed), Refused), place


def test_a_stream_cut_off_anywhere_is_refused(keys: Keys) -> None:
    stream = sealed(keys, TEXT)
    assert all(isinstance(opened(keys, stream[:end]), Refused) for end in range(len(stream)))


def test_more_at_the_end_is_refused(keys: Keys) -> None:
    assert isinstance(opened(keys, sealed(keys, TEXT) + b"x"), Refused)


def test_pieces_swapped_repeated_left_out_or_of_another_stream_are_refused(keys: Keys) -> None:
    one, other = sealed(keys, bytes(64)), sealed(keys, bytes(64))
    start = len(one) - 4 * 32
    head, pieces = one[:start], [one[place : place + 32] for place in range(start, len(one), 32)]
    foreign = other[-32:]
    assert opened(keys, head + b"".join(pieces)) == bytes(64)
    for wrong in (
        [pieces[1], pieces[0], *pieces[2:]],
        [pieces[0], *pieces],
        pieces[1:],
        pieces[:3],
        [*pieces[:3], foreign],
        [],
    ):
        assert isinstance(opened(keys, head + b"".join(wrong)), Refused)


def test_what_is_no_sealed_stream_is_refused(keys: Keys) -> None:
    for stream in (b"", b"nothing", MAGIC, MAGIC + b"\xff\xff\xff\xff", MAGIC + b"\0\0\0\x02{}"):
        assert isinstance(opened(keys, stream), Refused)


@pytest.mark.parametrize(("cipher", "piece"), [("rot13", 16), ("sm4-gcm", 0), ("sm4-gcm", 1 << 25)])
def test_wishes_that_make_no_sense_are_refused_and_write_nothing(keys: Keys, cipher: str, piece: int) -> None:
    target = io.BytesIO()
    assert isinstance(seal_stream(keys, io.BytesIO(TEXT), target, cipher, piece), Refused)
    assert target.getvalue() == b""


def test_without_its_key_a_stream_stays_shut(keys: Keys, desk: Desk) -> None:
    stream = sealed(keys, TEXT)
    desk.post("transit/keys/files/config", deletion_allowed=True)
    desk("DELETE", "transit/keys/files")
    refused = opened(keys, stream)
    assert isinstance(refused, Refused)
    assert "soft-deleted" in refused.reason
    desk.post("transit/keys/files/soft-delete-restore")
    desk.post("transit/keys/files/rotate")
    assert opened(keys, stream) == TEXT


def test_the_data_key_is_not_in_the_stream(keys: Keys) -> None:
    made: list[bytes] = []

    class Watched(Keys):
        def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
            found = super().fresh(octets)
            assert not isinstance(found, Refused)
            made.append(found[0])
            return found

    stream = sealed(Watched(keys.desk), TEXT)
    assert made[0] not in stream
    assert b64(made[0]).encode() not in stream
