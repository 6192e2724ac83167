"""The launcher keeps .venv as the lock says, checks everything, and says what is wrong."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with an environment whose tools only say their name and arguments."""
    root = tmp_path / "with a space"
    tools = root / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in ("ruff", "mypy", "lint-imports", "python"):
        tool = tools / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> ../calls\nexit 0\n')
        tool.chmod(0o755)
    (root / "uv.lock").write_text("lock")
    (root / "pyproject.toml").write_text("project")
    monkeypatch.setattr(launcher, "ROOT", root)
    monkeypatch.setattr(launcher, "ENVIRONMENT", root / ".venv")
    monkeypatch.setattr(launcher, "missing_packages", list)
    return root


def calls(project: Path) -> list[str]:
    return (project.parent / "calls").read_text().splitlines()


def test_every_check_runs_and_pytest_comes_last(launcher: ModuleType, project: Path) -> None:
    assert launcher.test(["-k", "money"]) == 0
    assert calls(project) == [
        "ruff check . yunyue",
        "ruff format --check . yunyue",
        "mypy ",
        "lint-imports --no-logo",
        "python -m pytest -k money",
    ]


def test_a_failed_check_fails_the_whole_though_the_tests_still_run(launcher: ModuleType, project: Path) -> None:
    (project / ".venv" / "bin" / "mypy").write_text("#!/bin/sh\nexit 1\n")
    assert launcher.test([]) == 1
    assert calls(project)[-1] == "python -m pytest"


def test_the_exit_code_of_pytest_is_kept(launcher: ModuleType, project: Path) -> None:
    (project / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 5\n")
    assert launcher.test([]) == 5


def test_an_environment_is_current_only_for_the_lock_it_was_made_from(launcher: ModuleType, project: Path) -> None:
    assert not launcher.is_current(development=False)
    (project / ".venv" / ".yunyue").write_text(launcher.wanted_state(False))
    assert launcher.is_current(development=False)
    (project / "uv.lock").write_text("another lock")
    assert not launcher.is_current(development=False)


def test_an_environment_made_for_tests_also_runs_but_not_the_other_way(launcher: ModuleType, project: Path) -> None:
    stamp = project / ".venv" / ".yunyue"
    stamp.write_text(launcher.wanted_state(True))
    assert launcher.is_current(development=False)
    stamp.write_text(launcher.wanted_state(False))
    assert not launcher.is_current(development=True)


def test_syncing_leaves_the_packages_of_a_former_test_run(
    launcher: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = project / "uv"
    uv.write_text('#!/bin/sh\necho "$*" > called\n')
    uv.chmod(0o755)
    monkeypatch.setattr(launcher, "find_uv", lambda environ: str(uv))
    launcher.sync({"PATH": os.environ["PATH"]}, development=False)
    assert "--frozen --inexact" in (project / "called").read_text()
    assert launcher.is_current(development=False)


def test_a_failed_sync_is_a_fault_and_is_tried_again(
    launcher: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "find_uv", lambda environ: "/bin/false")
    with pytest.raises(launcher.Fault, match="could not install"):
        launcher.sync({}, development=False)
    assert not launcher.is_current(development=False)


def test_who_is_not_root_is_told_the_command(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(launcher.Fault, match="sudo apt-get install -y -qq --no-install-recommends chromium"):
        launcher.install(["chromium"])


def test_an_old_python_is_refused_in_words(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert launcher.main(["up"]) == 2
    assert "Python 3.11 or later is needed" in capsys.readouterr().err


def test_a_folder_without_write_permission_is_named(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/opt/yunyue/.venv")

    monkeypatch.setattr(launcher, "sync", denied)
    assert launcher.main(["up"]) == 2
    assert "No permission to write /opt/yunyue/.venv" in capsys.readouterr().err


def test_it_starts_on_a_bare_python_from_anywhere_and_says_why_it_cannot_go_on(tmp_path: Path) -> None:
    clone = tmp_path / "a clone"
    clone.mkdir()
    for name in ("yunyue", "uv.lock", "pyproject.toml"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    bare = {"HOME": str(tmp_path), "PATH": "/nowhere", "UV_INDEX_URL": "http://127.0.0.1:1/simple"}
    # -I and -S: no site-packages, no environment, as on a machine where nothing was ever installed.
    command = [sys.executable, "-I", "-S", str(clone / "yunyue"), "up"]
    done = subprocess.run(command, env=bare, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Cannot fetch http://127.0.0.1:1/simple/uv/" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone / ".venv").exists()


def test_ci_runs_the_command_a_person_runs() -> None:
    assert "exec ./yunyue test" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "yunyue", os.X_OK)
