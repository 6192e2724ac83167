"""One real control plane for all tests of the stage; everything that uses it belongs to the stage `kubernetes`."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from kubernetes_cast import Farm, farm


@pytest.fixture(scope="session")
def field() -> Iterator[Farm]:
    with TemporaryDirectory(prefix="yk-") as folder, farm(Path(folder)) as made:
        yield made
