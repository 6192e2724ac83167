"""A real Kubernetes control plane for the tests: etcd, API server, controllers and scheduler, and a stand-in node.

The servers are real and check rights by RBAC; the engine has the rights of deploy/kubernetes-engine.yaml and no more.
"""

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from kubernetes_build import servers
from kubernetes_certificates import Authority, pem
from kubernetes_kubelet import Kubelet, own_tls
from wishing import Wishing, now, until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Replica, Shown
from yunyue.services.containers.kubernetes.engine import KubernetesEngine
from yunyue.services.containers.kubernetes.keeper import ClusterKeeper
from yunyue.services.containers.kubernetes.names import namespace
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects

Json = dict[str, Any]
ADDRESS = "192.0.2.1"
"""Of the node: an API server asks no loopback address, so the loopback interface gets one of a range for documents."""

RIGHTS = Path(__file__).parents[2] / "deploy" / "kubernetes-engine.yaml"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ControlPlane:
    """The servers of one cluster."""

    folder: Path
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.binaries = servers()
        self.authority = Authority(self.folder)
        self.server = f"https://127.0.0.1:{free_port()}"
        certificate, key = self.authority.issue("admin", "system:masters")
        self.admin_tls = ssl.create_default_context(cafile=str(self.authority.path))
        self.admin_tls.load_cert_chain(certificate, key)
        user = {"client-certificate": str(certificate), "client-key": str(key)}
        self.admin_config = self.authority.kubeconfig("admin", self.server, user)
        plain = ssl.create_default_context(cafile=str(self.authority.path))
        self.nobody = httpx2.Client(base_url=self.server, verify=plain, trust_env=False, timeout=10)
        self.admin = httpx2.Client(base_url=self.server, verify=self.admin_tls, trust_env=False, timeout=10)

    def up(self) -> None:
        """All servers, until the API answers and the controllers have made the first account."""
        store = self.store = f"http://127.0.0.1:{free_port()}"
        peers = f"http://127.0.0.1:{free_port()}"
        self.run(
            "etcd",
            *("--data-dir", str(self.folder / "etcd"), "--listen-client-urls", store, "--advertise-client-urls", store),
            *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster"),
            f"default={peers}",
        )
        accounts = self.folder / "accounts.key"
        accounts.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
        certificate, key = self.authority.issue("kubernetes", "system:masters", ("127.0.0.1", ADDRESS))
        self.run(
            "kube-apiserver",
            *(f"--etcd-servers={store}", f"--secure-port={self.server.rpartition(':')[2]}", "--bind-address=127.0.0.1"),
            *(f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}", "--authorization-mode=RBAC"),
            *(f"--client-ca-file={self.authority.path}", "--service-cluster-ip-range=10.96.0.0/16"),
            *("--service-account-issuer=https://test", f"--service-account-key-file={accounts}"),
            *(f"--service-account-signing-key-file={accounts}", "--endpoint-reconciler-type=none"),
            *(f"--kubelet-client-certificate={certificate}", f"--kubelet-client-key={key}", "--insecure-port=0"),
            "--kubelet-preferred-address-types=InternalIP",
        )
        until(lambda: self.answers("/readyz"))
        common = (f"--kubeconfig={self.admin_config}", "--leader-elect=false", "--port=0", "--secure-port=0")
        self.run(
            "kube-controller-manager",
            *common,
            *(f"--service-account-private-key-file={accounts}", f"--root-ca-file={self.authority.path}"),
        )
        self.run("kube-scheduler", *common)
        until(lambda: self.get("/api/v1/namespaces/default/serviceaccounts/default") is not None)

    def run(self, name: str, *words: str) -> None:
        """One server, its words in a file."""
        self.commands[name] = [str(self.binaries / name), *words]
        self.again(name)

    def again(self, name: str) -> None:
        """Start a server that was ended."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(self.commands[name], stdout=log, stderr=log, cwd=self.folder)

    def kill(self, name: str) -> None:
        self.programs[name].kill()
        self.programs[name].wait()

    def last_words(self, name: str) -> str:
        log = self.folder / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else name

    def answers(self, path: str) -> bool:
        ended = [name for name, program in self.programs.items() if program.poll() is not None]
        assert not ended, self.last_words(ended[0])
        try:
            return self.admin.get(path).status_code == 200
        except httpx2.HTTPError:
            return False

    def get(self, path: str) -> Json | None:
        answer = self.admin.get(path)
        if answer.status_code == 404:
            return None
        found: Json = answer.raise_for_status().json()
        return found

    def items(self, path: str) -> list[Json]:
        return list((self.get(path) or {}).get("items") or ())

    def patch(self, path: str, body: Json) -> None:
        headers = {"Content-Type": "application/merge-patch+json"}
        self.admin.patch(path, json=body, headers=headers).raise_for_status()

    def compact(self) -> None:
        """Have the store forget everything but the present."""
        at = httpx2.post(f"{self.store}/v3/kv/range", json={"key": "AA=="}, trust_env=False).json()
        revision = at["header"]["revision"]
        asked = {"revision": revision, "physical": True}
        httpx2.post(f"{self.store}/v3/kv/compaction", json=asked, trust_env=False).raise_for_status()

    def create(self, path: str, body: Json) -> None:
        answer = self.admin.post(path, json=body)
        assert answer.status_code < 300, answer.text

    def down(self) -> None:
        self.admin.close()
        self.nobody.close()
        for program in reversed(self.programs.values()):
            program.terminate()
        for program in self.programs.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(10)
            program.kill()

    def rights(self) -> None:
        """What deploy/kubernetes-engine.yaml gives."""
        for one in yaml.safe_load_all(RIGHTS.read_text()):
            plural = {
                "Namespace": "/api/v1/namespaces",
                "ServiceAccount": "/api/v1/namespaces/yunyue-system/serviceaccounts",
                "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
                "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            }[one["kind"]]
            self.create(plural, one)

    def token(self) -> str:
        """A token of the engine's account."""
        path = "/api/v1/namespaces/yunyue-system/serviceaccounts/yunyue/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": []}}
        answer = self.admin.post(path, json=asked)
        assert answer.status_code < 300, answer.text
        return str(answer.json()["status"]["token"])


@dataclass
class Farm(Wishing[KubernetesEngine]):
    """An installation whose projects live in a cluster: the engine, and a keeper that comes and goes."""

    plane: ControlPlane
    kubelet: Kubelet
    folder: Path
    config: Path
    keeper: ClusterKeeper | None = None
    made: int = 0

    def __post_init__(self) -> None:
        self.engine = KubernetesEngine(self.folder, now, str(self.config))
        self.projects = Projects(self.engine.store)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    def start_keeper(self) -> None:
        """A platform that comes up."""
        self.keeper = ClusterKeeper(self.folder, now, str(self.config))
        self.keeper.asking_seconds = 2.0
        self._loop = asyncio.new_event_loop()
        begun = threading.Event()

        def run() -> None:
            assert self._loop is not None
            assert self.keeper is not None
            self._task = self._loop.create_task(self.keeper.work())
            begun.set()
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
            self._loop.close()

        self._thread = threading.Thread(target=run, name="cluster keeper")
        self._thread.start()
        begun.wait()

    def stop_keeper(self) -> None:
        """A platform that ends."""
        if self._thread is not None and self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(30)
            assert not self._thread.is_alive()
        self._thread = self._loop = self._task = self.keeper = None

    def project(self, **wanted: object) -> Project:
        """A new project."""
        self.made += 1
        name = f"p{self.made}"
        asked = msgspec.convert({"name": name, "vcpu": 8, "engine": "kubernetes", **wanted}, ProjectOrder)
        made = self.projects.add(Project(f"o{self.made}", "c1", "bureau", asked.name, 0, asked, now()))
        assert isinstance(made, Project), made
        return made

    def end(self, project: Project) -> None:
        """Retire a project; its namespace goes some time later."""
        self.projects.put(msgspec.structs.replace(project, ended=now()))

    def namespace(self, project: Project) -> str:
        return namespace(Places(self.folder).key, project)

    def rows(self, project: Project) -> tuple[Replica, ...]:
        """The replicas."""
        found = self.engine.replicas(project)
        assert not isinstance(found, Refused), found
        return found

    def token(self) -> str:
        """The engine's."""
        return str(yaml.safe_load(self.config.read_text())["users"][0]["user"]["token"])

    def as_engine(self, method: str, path: str) -> httpx2.Response:
        """What the server answers to somebody with the engine's rights."""
        return self.plane.nobody.request(method, path, headers={"Authorization": f"Bearer {self.token()}"})

    def shown(self, project: Project) -> tuple[Shown, ...]:
        """Every object."""
        found = self.engine.get(project)
        assert not isinstance(found, Refused), found
        return found

    def state(self, project: Project, kind: str, name: str) -> tuple[str, str]:
        """State and reason of an object."""
        found = self.engine.get(project, kind, name)
        assert not isinstance(found, Refused), found
        return found[0].state, found[0].reason


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[tuple[ControlPlane, Kubelet]]:
    """A cluster for a while, with one node."""
    subprocess.run(["ip", "address", "replace", f"{ADDRESS}/32", "dev", "lo"], check=True)
    plane = ControlPlane(folder / "plane")
    certificate, key = plane.authority.issue("node", "system:nodes", (ADDRESS,))
    kubelet = Kubelet(plane.server, plane.admin_tls, ADDRESS, own_tls(certificate, key))
    try:
        plane.up()
        plane.rights()
        kubelet.start()
        until(lambda: plane.get("/api/v1/nodes/node-1"))
        yield plane, kubelet
    finally:
        kubelet.stop()
        plane.down()
        subprocess.run(["ip", "address", "delete", f"{ADDRESS}/32", "dev", "lo"], check=False)
        shutil.rmtree(folder / "plane", ignore_errors=True)


@contextlib.contextmanager
def farm(folder: Path) -> Iterator[Farm]:
    """An installation with a cluster of its own."""
    with control_plane(folder) as (plane, kubelet):
        config = plane.authority.kubeconfig("engine", plane.server, {"token": plane.token()})
        made = Farm(plane, kubelet, folder / "services" / "containers" / "_engine", config)
        try:
            made.start_keeper()
            yield made
        finally:
            made.stop_keeper()
