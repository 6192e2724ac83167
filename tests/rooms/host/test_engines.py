"""The survey of engines says what is here, in which version, and how to get the rest."""

from pathlib import Path

import pytest

from yunyue.host.engines import ENGINES, Engine, Found, Missing, look, survey

TOOL = Engine("tool", ("--version",), "tool-package", "tests")


def put(folder: Path, script: str) -> list[str]:
    path = folder / "tool"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return [str(folder)]


def test_an_engine_that_is_here_tells_its_version(tmp_path: Path) -> None:
    found = look(TOOL, put(tmp_path, "echo 'tool version 3.0.11 (Debian)'"))
    assert found == Found(TOOL, str(tmp_path / "tool"), "3.0.11")


def test_a_version_told_on_standard_error_counts(tmp_path: Path) -> None:
    found = look(TOOL, put(tmp_path, "echo 'tool 1.2' >&2; exit 1"))
    assert isinstance(found, Found)
    assert found.version == "1.2"


@pytest.mark.parametrize("script", ["echo none", "exit 127"])
def test_an_engine_that_tells_no_version_is_still_found(tmp_path: Path, script: str) -> None:
    found = look(TOOL, put(tmp_path, script))
    assert isinstance(found, Found)
    assert found.version == ""


def test_an_engine_that_is_not_here_comes_with_the_command_that_brings_it(tmp_path: Path) -> None:
    missing = look(TOOL, [str(tmp_path)])
    assert missing == Missing(TOOL)
    assert isinstance(missing, Missing)
    assert missing.remedy == "apt-get install -y tool-package"


def test_the_survey_covers_every_engine_once() -> None:
    assert [seen.engine for seen in survey()] == list(ENGINES)
    assert len({engine.name for engine in ENGINES}) == len(ENGINES)


def test_a_real_engine_of_this_machine_is_found() -> None:
    openssl = next(engine for engine in ENGINES if engine.name == "openssl")
    found = look(openssl)
    assert isinstance(found, Found)
    assert found.version.split(".")[0] in {"3", "4"}


@pytest.mark.parametrize(
    ("name", "least"), [("ffmpeg", (8, 1, 3)), ("ffprobe", (8,)), ("packager", (3,)), ("bwrap", (0, 11))]
)
def test_an_engine_that_came_with_a_package_is_found_before_the_systems(name: str, least: tuple[int, ...]) -> None:
    engine = next(engine for engine in ENGINES if engine.name == name)
    found = look(engine)
    assert isinstance(found, Found)
    assert "site-packages" in found.path
    assert tuple(int(part) for part in found.version.split(".")) >= least
