"""Room for a sealed file is set aside at once: exactly as much as it takes, behind what is there, or it is refused."""

import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.client import files
from yunyue.services.crypto.envelope import PIECE, open_stream, seal_stream


class Fixed:
    """Data keys without a vault."""

    def fresh(self, octets: int) -> tuple[bytes, str]:
        return bytes(octets), "vault:v1:x"

    def open(self, sealed: str) -> bytes:
        assert sealed == "vault:v1:x"
        return bytes(16)


KEYS = Fixed()


def opened(content: bytes) -> bytes | Refused:
    target = io.BytesIO()
    done = open_stream(KEYS, io.BytesIO(content), target)
    return done if isinstance(done, Refused) else target.getvalue()


@contextmanager
def largest(octets: int) -> Iterator[None]:
    """No file of this process may grow beyond so many octets."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 70_000), piece=st.integers(1_000, 40_000))
def test_a_sealed_file_is_as_long_as_the_same_in_memory(tmp_path: Path, length: int, piece: int) -> None:
    text, inside = random_octets(length), io.BytesIO()
    (tmp_path / "source").write_bytes(text)
    with (tmp_path / "source").open("rb") as source, (tmp_path / "sealed").open("wb", buffering=0) as target:
        assert seal_stream(KEYS, source, target, piece=piece) == length
    assert seal_stream(KEYS, io.BytesIO(text), inside, piece=piece) == length
    content = (tmp_path / "sealed").read_bytes()
    assert len(content) == len(inside.getvalue())
    assert opened(content) == text


def test_what_stands_before_in_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"text" * 1000)
    with (tmp_path / "source").open("rb") as source, (tmp_path / "out").open("wb") as target:
        target.write(b"before")
        seal_stream(KEYS, source, target)
    content = (tmp_path / "out").read_bytes()
    assert content.startswith(b"before")
    assert opened(content.removeprefix(b"before")) == b"text" * 1000


def test_what_stands_behind_in_the_file_is_not_cut_off(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"text")
    (tmp_path / "out").write_bytes(bytes(10_000))
    with (tmp_path / "source").open("rb") as source, (tmp_path / "out").open("r+b", buffering=0) as target:
        seal_stream(KEYS, source, target)
    assert (tmp_path / "out").stat().st_size == 10_000


def shrunk(path: Path) -> None:
    os.truncate(path, 5)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize("change", [shrunk, grown])
def test_a_source_whose_length_changes_meanwhile_is_sealed_as_it_was_read(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"x" * (3 * PIECE))

    with path.open("rb") as source, (tmp_path / "out").open("wb", buffering=0) as target:

        class Watched:
            """The source, which is changed when it is first read."""

            def fileno(self) -> int:
                return source.fileno()

            def tell(self) -> int:
                return source.tell()

            def readinto(self, buffer: memoryview, /) -> int:
                if not source.tell():
                    change(path)
                return source.readinto(buffer)

        read = seal_stream(KEYS, Watched(), target)
    assert read == path.stat().st_size
    assert opened((tmp_path / "out").read_bytes()) == path.read_bytes()


def test_a_pipe_needs_no_room(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"text")
    out, into = os.pipe()
    with (tmp_path / "source").open("rb") as source, os.fdopen(into, "wb", buffering=0) as target:
        assert seal_stream(KEYS, source, target) == 4
    with os.fdopen(out, "rb") as found:
        assert opened(found.read()) == b"text"


def test_a_full_disk_is_told_before_anything_is_sealed_and_nothing_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "sealed"
    source.write_bytes(bytes(2 * PIECE))
    with largest(PIECE):
        refused = files.seal(KEYS, source, target, "sm4-gcm")
    assert isinstance(refused, Refused)
    assert "File too large" in refused.reason
    assert sorted(one.name for one in tmp_path.iterdir()) == ["source"]
    assert files.seal(KEYS, source, target, "sm4-gcm") == 2 * PIECE
