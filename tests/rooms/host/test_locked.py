"""A secret in a locked page can be read while it lives and is gone when wiped; a process can forbid its dumps."""

import subprocess
import sys
from pathlib import Path

import pytest

from yunyue.host.ciphers.locked import PAGE, Locked, wipe


def test_a_secret_is_read_and_wiped() -> None:
    secret = Locked(b"root key")
    assert bytes(secret.view()) == b"root key"
    secret.wipe()
    assert bytes(secret.view()) == bytes(8)


def test_the_page_is_pinned() -> None:
    assert Locked(b"root key").locked


def test_a_secret_larger_than_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="4096"):
        Locked(bytes(PAGE + 1))


def test_a_copy_is_wiped() -> None:
    copy = bytearray(b"secret")
    wipe(copy)
    assert copy == bytes(6)


def test_the_page_is_left_out_of_core_dumps_and_pinned_by_the_system() -> None:
    kept = Locked(b"root key")
    flags = [line.split() for line in Path("/proc/self/smaps").read_text().splitlines() if line.startswith("VmFlags")]
    assert any({"dd", "lo"} <= set(line) for line in flags)
    assert bytes(kept.view()) == b"root key"


def test_a_process_can_forbid_its_dumps() -> None:
    code = (
        "import ctypes; from yunyue.host.ciphers.locked import forbid_dumps;"
        "before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0); done = forbid_dumps();"
        "print(before, done, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["1", "True", "0"], done.stderr
