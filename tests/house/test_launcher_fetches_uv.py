"""The launcher finds uv, or fetches the pinned one and nothing else."""

import hashlib
import io
import json
import os
import platform
import socket
import stat
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

Served = tuple[str, dict[str, tuple[str, bytes]]]


def program(says: str) -> bytes:
    return f"#!/bin/sh\necho '{says}'\n".encode()


def wheel(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("uv-0.13.9.data/scripts/uv", content)
    return packed.getvalue()


@pytest.fixture
def pinned(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small wheel in the place of the real one, pinned by its own digest."""
    packed = wheel(program(f"uv {launcher.UV}"))
    monkeypatch.setattr(launcher, "WHEELS", {platform.machine(): ("uv.whl", hashlib.sha256(packed).hexdigest())})
    return packed


def surroundings(address: str, tmp_path: Path) -> dict[str, str]:
    return {"UV_INDEX_URL": address, "HOME": str(tmp_path), "PATH": "/nowhere"}


def test_it_fetches_the_pinned_uv_through_a_json_index(
    launcher: ModuleType, served: Served, pinned: bytes, tmp_path: Path
) -> None:
    address, pages = served
    page = {"files": [{"url": "other.whl"}, {"url": f"{address}/files/uv.whl"}]}
    pages["/uv/"] = ("application/vnd.pypi.simple.v1+json", json.dumps(page).encode())
    pages["/files/uv.whl"] = ("application/zip", pinned)
    found = Path(launcher.find_uv(surroundings(address, tmp_path)))
    assert found.read_bytes() == program(f"uv {launcher.UV}")
    assert stat.S_IMODE(found.stat().st_mode) == 0o755


def test_it_fetches_the_pinned_uv_through_an_html_index_with_relative_links(
    launcher: ModuleType, served: Served, pinned: bytes, tmp_path: Path
) -> None:
    address, pages = served
    pages["/uv/"] = ("text/html", b'<a href="../files/uv.whl#sha256=00">uv.whl</a>')
    pages["/files/uv.whl"] = ("application/zip", pinned)
    assert Path(launcher.find_uv(surroundings(address, tmp_path))).exists()


def test_it_uses_what_it_fetched_before_without_the_network(
    launcher: ModuleType, served: Served, pinned: bytes, tmp_path: Path
) -> None:
    address, pages = served
    pages["/uv/"] = ("text/html", b'<a href="/uv.whl">')
    pages["/uv.whl"] = ("application/zip", pinned)
    first = launcher.find_uv(surroundings(address, tmp_path))
    pages.clear()
    assert launcher.find_uv(surroundings(address, tmp_path)) == first


def test_a_uv_of_the_pinned_version_on_the_path_is_used(launcher: ModuleType, tmp_path: Path) -> None:
    there = tmp_path / "uv"
    there.write_bytes(program(f"uv {launcher.UV} (x86_64)"))
    there.chmod(0o755)
    assert launcher.find_uv({"PATH": f"{tmp_path}:/bin", "HOME": str(tmp_path / "home")}) == str(there)


def test_a_uv_of_another_version_is_not_used(launcher: ModuleType, tmp_path: Path) -> None:
    there = tmp_path / "uv"
    there.write_bytes(program("uv 0.13.10"))
    there.chmod(0o755)
    assert not launcher.is_pinned(str(there))


def test_a_wheel_with_another_digest_is_refused_and_leaves_nothing(
    launcher: ModuleType, served: Served, pinned: bytes, tmp_path: Path
) -> None:
    address, pages = served
    pages["/uv/"] = ("text/html", b'<a href="/uv.whl">')
    pages["/uv.whl"] = ("application/zip", pinned + b"\0")
    with pytest.raises(launcher.Fault, match="not the one that was pinned"):
        launcher.find_uv(surroundings(address, tmp_path))
    assert list(tmp_path.rglob("uv-*")) == []


def test_an_index_without_that_version_is_named(
    launcher: ModuleType, served: Served, pinned: bytes, tmp_path: Path
) -> None:
    address, pages = served
    pages["/uv/"] = ("text/html", b'<a href="/uv-0.0.1.whl">')
    with pytest.raises(launcher.Fault, match=r"does not list uv\.whl"):
        launcher.find_uv(surroundings(address, tmp_path))


def test_an_unreachable_index_is_named_with_what_to_do(launcher: ModuleType, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(launcher.Fault, match=r"Cannot fetch http://127.*refused.*UV_INDEX_URL"):
            launcher.find_uv(surroundings(address, tmp_path))


def test_a_page_that_never_ends_is_cut_off(launcher: ModuleType, served: Served) -> None:
    address, pages = served
    pages["/big"] = ("text/plain", b"x" * 101)
    with pytest.raises(launcher.Fault, match="larger than 100 bytes"):
        launcher.fetch(f"{address}/big", 100)


def test_a_password_in_the_index_address_is_not_shown(launcher: ModuleType) -> None:
    assert launcher.shown("https://me:secret@pypi.example:8443/simple") == "https://…@pypi.example:8443/simple"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"])
def test_the_index_set_for_uv_or_pip_is_asked(launcher: ModuleType, name: str) -> None:
    assert launcher.index_url({name: "https://mirror.example/simple/"}) == "https://mirror.example/simple"


def test_without_one_the_public_index_is_asked(launcher: ModuleType) -> None:
    assert launcher.index_url({}) == "https://pypi.org/simple"


@pytest.mark.parametrize("machine", ["x86_64", "AMD64", "aarch64", "arm64"])
def test_both_machines_have_a_pinned_wheel(launcher: ModuleType, machine: str) -> None:
    name, digest = launcher.wheel_for(machine)
    assert name.startswith(f"uv-{launcher.UV}-")
    assert len(digest) == 64


def test_another_machine_is_refused_by_name(launcher: ModuleType) -> None:
    with pytest.raises(launcher.Fault, match="mips64"):
        launcher.wheel_for("mips64")


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(launcher: ModuleType, tmp_path: Path) -> None:
    packed = wheel(b"uv")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        launcher.unpack(packed, hashlib.sha256(packed).hexdigest(), tmp_path / "file" / "uv")
    assert os.listdir(tmp_path) == ["file"]


def test_without_a_home_uv_is_kept_in_the_project(launcher: ModuleType) -> None:
    assert launcher.cache_folder({}) == launcher.ROOT / "var" / "tools"
