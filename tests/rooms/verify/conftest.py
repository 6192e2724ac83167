"""What the verifier's tests share: one log with keys, made once, and its bundle."""

import pytest

from bundle_cast import Cast, make_cast


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """A log with both keys and a witness."""
    return make_cast(tmp_path_factory.mktemp("cast"), witness=True)


@pytest.fixture(scope="session")
def bundle(cast: Cast) -> bytes:
    """Its honest bundle."""
    return cast.bundle()
