"""One podman of our own for all tests of the room, and a project for each test that asks for one."""

from collections.abc import Iterator

import pytest
from podman_cast import Installation, installation

from yunyue.services.containers.project.project import Project


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("containers")) as made:
        yield made


@pytest.fixture
def project(cloud: Installation) -> Iterator[Project]:
    made = cloud.project()
    yield made
    cloud.end(made)


@pytest.fixture(autouse=True)
def working(request: pytest.FixtureRequest) -> None:
    """A test that failed while the platform was away leaves the next one a platform that works."""
    if "cloud" in request.fixturenames:
        cloud: Installation = request.getfixturevalue("cloud")
        if cloud.keeper is None:
            cloud.start_keeper()
