"""One podman under one home for the command line, the API and the console; two departments with a project each."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_cast import Terminal
from console_cast import _office
from containers_cast import THEIRS, order
from containers_door import opened
from openbao import our_server
from podman_cast import Installation, installation
from wishing import now, until

from yunyue.doors.office import Office, open_office
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.registry.tokens import PushTokens


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors-containers") / "home"


@pytest.fixture(scope="session")
def kept_office(home: Path, first_password: str) -> Iterator[Office]:
    yield from _office(home)


@pytest.fixture(scope="session")
def cloud(home: Path, kept_office: Office) -> Iterator[Installation]:
    with installation(home / "services" / "containers") as made:
        yield made


@pytest.fixture(scope="session")
def project(cloud: Installation) -> Project:
    """Of the department "dept-1"."""
    return order(cloud)


@pytest.fixture(scope="session")
def theirs(cloud: Installation) -> Project:
    """Another department's."""
    return order(cloud, THEIRS)


@pytest.fixture
def office(kept_office: Office, cloud: Installation) -> Office:
    open_office(kept_office)
    return kept_office


@pytest.fixture(scope="module")
def open_door(kept_office: Office, cloud: Installation) -> Iterator[str]:
    """The address of a front door that is open."""
    with opened() as address:
        yield address


@pytest.fixture(scope="module")
def mine(cloud: Installation) -> Project:
    """With app:v1 pushed."""
    made = order(cloud)
    token = PushTokens(cloud.engine.store, now).issue(made.order, "ci")
    assert cloud.keeper is not None
    registry = cloud.keeper.registry
    until(lambda: registry.configuration.exists())
    name = f"{registry.address}/{made.name}/app:v1"
    cloud.podman("tag", "localhost/web:1", name)
    cloud.podman("push", "-q", "--tls-verify=false", f"--creds={made.name}:{token}", name)
    return made


@pytest.fixture(scope="module")
def vault(cloud: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The crypto service with SM2 keys "release" and "second", named in keys.json."""
    with our_server(tmp_path_factory.mktemp("vault") / "vault") as server:
        server.initialise()
        server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        for key in ("release", "second"):
            server.ask("POST", f"transit/keys/{key}", {"type": "sm2"}).raise_for_status()
        path = cloud.folder / "keys.json"
        path.write_text(json.dumps({"address": server.address, "token": server.token, "mount": "transit"}))
        path.chmod(0o600)
        yield
        path.unlink()


@pytest.fixture
def terminal(home: Path, cloud: Installation) -> Terminal:
    return Terminal(home)


@pytest.fixture(autouse=True)
def working(request: pytest.FixtureRequest) -> None:
    """A test that failed while the platform was away leaves the next one a platform that works."""
    if "cloud" in request.fixturenames:
        cloud: Installation = request.getfixturevalue("cloud")
        if cloud.keeper is None:
            cloud.start_keeper()
