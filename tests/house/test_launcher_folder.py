"""One may stand in a folder of anybody's files: nothing in it becomes part of the program."""

import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest


def test_a_file_named_like_a_module_is_not_imported_from_the_folder_one_stands_in(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text('print("taken over")\n')
    became: list[list[str]] = []
    monkeypatch.setattr(launcher.os, "execve", lambda _program, words, _environ: became.append(words))
    launcher.run(["words", "1.00"], dict(os.environ))
    done = subprocess.run(became[0], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "taken over" in done.stdout) == (0, False), done.stderr
    assert "壹元整" in done.stdout
