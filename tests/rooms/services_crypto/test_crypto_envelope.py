"""Files and streams under data keys: whatever was sealed opens, and no piece is changed, swapped, lost or added."""

import io
import os
import tracemalloc
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from crypto_cast import Desk, b64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.host.ciphers.aead import aead
from yunyue.host.ciphers.mac import digest
from yunyue.services.crypto.envelope import MAGIC, PIECE, open_stream, seal_stream, turn_stream
from yunyue.services.crypto.envelope_blocks import BLOCK
from yunyue.services.crypto.envelope_head import FIRST_MAGIC, SLOT

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

    def turn(self, sealed: str) -> str | Refused:
        shown = self.desk.post("transit/rewrap/files", ciphertext=sealed)
        return str(shown.data["ciphertext"]) if shown.status == 200 else Refused(shown.error)


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


def spare(stream: bytes) -> range:
    """Where the slot lies that holds nothing yet."""
    shape = int.from_bytes(stream[len(MAGIC) : len(MAGIC) + 4], "big")
    start = len(MAGIC) + 4 + shape + SLOT
    return range(start, start + SLOT)


def test_a_change_of_any_byte_is_refused_and_of_the_spare_slot_changes_nothing(keys: Keys) -> None:
    stream = sealed(keys, TEXT)
    for place in range(len(stream)):
        changed = stream[:place] + bytes([stream[place] ^ 1]) + stream[place + 1 :]
        if place in spare(stream):
            assert place % 100 or opened(keys, changed) == TEXT, place
        else:
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


def first_format(keys: Keys, text: bytes) -> bytes:
    """A stream as the first version of the program sealed it: one piece, bound to its whole head."""
    secret, key = found if isinstance(found := keys.fresh(16), tuple) else pytest.fail(str(found))
    head = msgspec.json.encode({"key": key, "cipher": "sm4-gcm", "piece": 4096, "prefix": b"prefix!"})
    worker = aead("sm4-gcm", secret)
    assert hasattr(worker, "seal")
    piece = worker.seal(b"prefix!" + bytes(4) + b"\1", text, digest("sm3", head))
    return FIRST_MAGIC + len(head).to_bytes(4, "big") + head + piece


def test_a_stream_of_the_first_format_still_opens_and_is_not_turned_over(keys: Keys, tmp_path: Path) -> None:
    stream = first_format(keys, TEXT)
    assert opened(keys, stream) == TEXT
    with on_disk(tmp_path, stream) as file:
        refused = turn_stream(keys, file)
    assert isinstance(refused, Refused)
    assert "first format" in refused.reason


@contextmanager
def on_disk(folder: Path, stream: bytes) -> Iterator[Any]:
    (folder / "sealed").write_bytes(stream)
    with (folder / "sealed").open("r+b", buffering=0) as file:
        yield file


def rotate(desk: Desk) -> None:
    desk.post("transit/keys/files/rotate")


def test_turning_over_changes_the_slots_only_and_frees_the_old_version(keys: Keys, desk: Desk, tmp_path: Path) -> None:
    stream = sealed(keys, TEXT)
    pieces = spare(stream).stop
    for version in (2, 3, 4):
        rotate(desk)
        with on_disk(tmp_path, stream) as file:
            assert turn_stream(keys, file) == version
        turned = (tmp_path / "sealed").read_bytes()
        assert turned[pieces:] == stream[pieces:]
        assert turned[: spare(stream).start - SLOT] == stream[: spare(stream).start - SLOT]
        assert f"vault:v{version - 1}:".encode() not in turned
        stream = turned
    desk.post("transit/keys/files/config", min_decryption_version=4)
    assert opened(keys, stream) == TEXT


def test_turning_over_what_is_of_the_latest_version_writes_nothing(keys: Keys, tmp_path: Path) -> None:
    stream = sealed(keys, TEXT)
    with on_disk(tmp_path, stream) as file:
        assert turn_stream(keys, file) == 1
    assert (tmp_path / "sealed").read_bytes() == stream


def test_a_power_cut_at_any_point_of_turning_over_loses_nothing(keys: Keys, desk: Desk, tmp_path: Path) -> None:
    before = sealed(keys, TEXT)
    rotate(desk)
    with on_disk(tmp_path, before) as file:
        assert turn_stream(keys, file) == 2
    after = (tmp_path / "sealed").read_bytes()
    first, second = spare(before).start - SLOT, spare(before).start
    for cut in range(0, SLOT + 1, 64):
        torn_new = before[:second] + after[second : second + cut] + before[second + cut :]
        torn_old = before[:first] + after[first : first + cut] + before[first + cut : second] + after[second:]
        assert opened(keys, torn_new) == TEXT
        assert opened(keys, torn_old) == TEXT


def test_a_refused_turning_over_leaves_the_file_as_it_was(keys: Keys, desk: Desk, tmp_path: Path) -> None:
    stream = sealed(keys, TEXT)
    desk.post("transit/keys/files/config", deletion_allowed=True)
    desk("DELETE", "transit/keys/files")
    with on_disk(tmp_path, stream) as file:
        assert isinstance(turn_stream(keys, file), Refused)
    assert (tmp_path / "sealed").read_bytes() == stream


def test_a_data_key_too_long_for_its_slot_is_refused_before_anything_is_written(keys: Keys) -> None:
    class Long(Keys):
        def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
            return bytes(octets), "vault:v1:" + "A" * SLOT

    target = io.BytesIO()
    refused = seal_stream(Long(keys.desk), io.BytesIO(TEXT), target)
    assert isinstance(refused, Refused)
    assert "slot" in refused.reason
    assert target.getvalue() == b""


class Zeros(io.RawIOBase):
    """So many zeros, made as they are read."""

    def __init__(self, octets: int) -> None:
        self.left = octets

    def readinto(self, buffer: Any, /) -> int:
        taken = min(self.left, len(buffer))
        self.left -= taken
        return taken


class Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def write(self, content: Any, /) -> int:
        return len(content)


def peak(keys: Keys, octets: int) -> int:
    """The most memory sealing took, in octets."""
    tracemalloc.start()
    try:
        assert seal_stream(keys, Zeros(octets), Nowhere(), "sm4-gcm") == octets  # type: ignore[arg-type]  # raw streams
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_stream(keys: Keys) -> None:
    short, long = peak(keys, 4 << 20), peak(keys, 96 << 20)
    assert long < short + (1 << 20)
    assert long < 6 << 20


def test_the_head_is_whole_on_disk_before_the_old_slot_is_cleared(
    keys: Keys, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = sealed(keys, TEXT)
    rotate(desk)
    seen: list[bytes] = []
    real = os.fsync

    def watched(number: int) -> None:
        seen.append((tmp_path / "sealed").read_bytes())
        real(number)

    monkeypatch.setattr(os, "fsync", watched)
    with on_disk(tmp_path, stream) as file:
        turn_stream(keys, file)
    assert [b"vault:v1:" in one for one in seen] == [True, False]
    assert all(b"vault:v2:" in one for one in seen)


class Noting(io.BytesIO):
    """A file that notes how much is written at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[int] = []

    def write(self, content: Any, /) -> int:
        self.writes.append(memoryview(content).nbytes)
        return super().write(content)


@pytest.mark.parametrize("length", [0, 1, BLOCK, 5 * BLOCK + 7, PIECE, PIECE * 3 + 1])
def test_a_file_is_written_in_whole_blocks(keys: Keys, length: int) -> None:
    target, opened = Noting(), io.BytesIO()
    assert seal_stream(keys, io.BytesIO(bytes(length)), target) == length
    *before, last = target.writes
    assert all(one % BLOCK == 0 for one in before)
    assert last <= BLOCK
    target.seek(0)
    assert open_stream(keys, target, opened) == length
    assert opened.getvalue() == bytes(length)
