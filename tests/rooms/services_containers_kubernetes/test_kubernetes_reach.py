"""How a cluster is found: a setting, a kubeconfig, and refusals that repeat nothing of it."""

import asyncio
import ssl
from pathlib import Path

import msgspec
import pytest
import yaml
from kubernetes_certificates import Authority
from wire_server import Wire, on_the_wire

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command
from yunyue.services.containers.engines import engine_of
from yunyue.services.containers.kubernetes.engine import KubernetesEngine
from yunyue.services.containers.kubernetes.finding import unreachable
from yunyue.services.containers.kubernetes.reach import UNCONFIGURED, Reach, kubeconfig, reach_of
from yunyue.services.containers.kubernetes.sessions import identified, shell
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ReplicaRow

HUSH = "hush-hush-token"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "home" / "services" / "containers" / "_engine"
    made.mkdir(parents=True)
    return made


def project() -> Project:
    return Project("o1", "c1", "bureau", "shop", 1, ProjectOrder(name="shop", engine="kubernetes"), 0)


def test_the_setting_comes_from_the_installations_own_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUNYUE_KUBECONFIG", raising=False)
    assert kubeconfig(folder) == ""
    (folder.parents[2] / "yunyue.toml").write_text('kubeconfig = "/etc/cluster"\n')
    assert kubeconfig(folder) == "/etc/cluster"
    monkeypatch.setenv("YUNYUE_KUBECONFIG", "/etc/other")
    assert kubeconfig(folder) == "/etc/other"


def test_a_kubeconfig_gives_address_and_identity_and_shows_neither(authority: Authority) -> None:
    path = authority.kubeconfig("engine", "https://cluster.example:6443", {"token": HUSH})
    found = reach_of(str(path))
    assert isinstance(found, Reach)
    assert found.server == "https://cluster.example:6443"
    assert HUSH not in repr(found)
    assert asyncio.run(identified(found)) == {"Authorization": f"Bearer {HUSH}"}


def test_a_client_certificate_says_who_we_are_without_a_header(authority: Authority) -> None:
    certificate, key = authority.issue("somebody")
    user = {"client-certificate": str(certificate), "client-key": str(key)}
    found = reach_of(str(authority.kubeconfig("somebody", "https://cluster.example", user)))
    assert isinstance(found, Reach)
    assert asyncio.run(identified(found)) == {}


@pytest.mark.parametrize(
    "content",
    ["", f"token: {HUSH}: [", f"- {HUSH}", yaml.safe_dump({"users": [{"name": "a", "user": {"token": HUSH}}]}), "a: b"],
)
def test_what_is_no_kubeconfig_is_refused_without_repeating_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    found = reach_of(str(path))
    assert isinstance(found, Refused)
    assert found.field == "kubeconfig"
    assert HUSH not in str(found)


def test_without_a_setting_there_is_no_cluster(folder: Path) -> None:
    assert reach_of("") == UNCONFIGURED
    assert engine_of(project(), folder, lambda: 0) == UNCONFIGURED
    assert unreachable(folder) == Refused("no Kubernetes cluster is configured", "parameters.engine", "C37")


def test_an_order_is_refused_while_the_cluster_does_not_answer(
    authority: Authority, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = authority.kubeconfig("engine", "https://127.0.0.1:9", {"token": HUSH})
    monkeypatch.setenv("YUNYUE_KUBECONFIG", str(path))
    refused = unreachable(folder)
    assert refused is not None
    assert refused.field == "parameters.engine"
    assert refused.reason.startswith("the cluster does not answer")
    assert HUSH not in refused.reason
    assert isinstance(engine_of(project(), folder, lambda: 0), KubernetesEngine)


def test_what_runs_cannot_be_reached_while_the_cluster_is_away(authority: Authority, folder: Path) -> None:
    path = authority.kubeconfig("engine", "https://127.0.0.1:9", {"token": HUSH})
    engine = KubernetesEngine(folder, lambda: 0, str(path))
    made = ReplicaRow("web-1", "o1", "Deployment", "web", "d", 1, -1, 0, phase="ready", address="192.0.2.1")
    row = msgspec.structs.replace(made, container="main", started=1)
    Objects(engine.store, "o1").keep(row)
    refused = asyncio.run(engine.exec(project(), "web-1", Command(("ls",))))
    assert isinstance(refused, Refused)
    assert (refused.field, refused.reason.partition(":")[0]) == ("engine", "the cluster does not answer")
    tunnel = asyncio.run(engine.forward(project(), "web-1", 80))
    assert isinstance(tunnel, Refused)
    assert tunnel.field == "port"


def test_a_refused_shell_tells_the_servers_words(folder: Path) -> None:
    async def asked() -> object:
        path = "/api/v1/namespaces/ns/pods/web-1/exec"
        async with on_the_wire(Wire({path: (403, {"message": "pods is forbidden: no rights"})})) as api:
            where = Reach(api.reach.server, ssl.create_default_context(), None)
            return await shell(where, ("ns", "web-1", "main"), Command(("ls",)))

    assert asyncio.run(asked()) == Refused("the command cannot be run: pods is forbidden: no rights", "command", "C37")
