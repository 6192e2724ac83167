"""The 2024 contract as texts and as terms, as every test of this room knows it."""

from pathlib import Path

import pytest

from yunyue.contract import FILES, Terms, read

SHIPPED = Path(__file__).parents[3] / "contracts" / "beijing-2024"


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """The four files of the 2024 contract."""
    return {name: (SHIPPED / name).read_text(encoding="utf-8") for name in FILES}


@pytest.fixture(scope="session")
def terms(texts: dict[str, str]) -> Terms:
    """The 2024 contract; frozen, so that all tests may share it."""
    read_terms = read(texts)
    assert isinstance(read_terms, Terms), read_terms
    return read_terms
