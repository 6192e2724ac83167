"""The console's files are the ones we say, kept as long as they may be, and nothing else is served."""

import hashlib
import json
from pathlib import Path

import pytest
from asking import ask
from starlette.types import ASGIApp

from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.files import ASK_AGAIN, FOR_EVER, STATIC

VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


@pytest.fixture
def door() -> ASGIApp:
    return front_door(Parts(console=lambda _environ, _start: []))


def test_a_file_of_a_named_version_is_kept_for_ever(door: ASGIApp) -> None:
    answer = ask(door, "/static/vendor/htmx-2.0.11/htmx.min.js")
    assert answer.status == 200
    assert answer.headers["cache-control"] == FOR_EVER


def test_a_file_of_ours_is_kept_for_ever_under_its_digest_only(door: ASGIApp) -> None:
    assert ask(door, "/static/console.css?v=abc").headers["cache-control"] == FOR_EVER
    assert ask(door, "/static/console.css").headers["cache-control"] == ASK_AGAIN


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/vendor", "/static/", "/static/none.js"]
)
def test_nothing_outside_the_folder_and_no_listing_is_served(door: ASGIApp, path: str) -> None:
    assert ask(door, path).status in {404, 405}


@pytest.mark.parametrize("library", MANIFEST, ids=[library["name"] for library in MANIFEST])
def test_a_vendored_library_is_what_the_manifest_says(library: dict[str, dict[str, str]]) -> None:
    assert library["files"]
    for name, digest in library["files"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_file_is_in_the_manifest() -> None:
    listed = {name for library in MANIFEST for name in library["files"]}
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert there - {"manifest.json"} == listed


def test_every_library_brings_its_version_licence_and_source() -> None:
    for library in MANIFEST:
        assert {"name", "version", "licence", "source", "files"} == set(library)
        folder = Path(next(iter(library["files"]))).parts[0]
        assert folder.endswith(library["version"])
        assert f"{folder}/LICENSE" in library["files"]


def test_htmx_is_the_second_major_version() -> None:
    assert [library["version"].split(".")[0] for library in MANIFEST if library["name"] == "htmx.org"] == ["2"]
