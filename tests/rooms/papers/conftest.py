"""What the tests of papers share: one log with keys and the account of a contract out of it."""

import pytest

from bundle_cast import Cast, make_cast


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """A log with both keys and a witness."""
    return make_cast(tmp_path_factory.mktemp("cast"), witness=True)
