"""What the tests of transcoding share: films that are made once."""

from pathlib import Path

import pytest
from films import Films


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """Every kind of film."""
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
