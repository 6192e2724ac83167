"""Images on the engine in a cluster: a tag becomes its digest, and what must be signed is not sent without a signature.

The registry and the crypto service are real; the API server is a stub on the wire that takes what it is given.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openbao import our_server
from podman_cast import deployment
from wire_server import Wire, on_the_wire
from wishing import now, until

from yunyue.answer import Refused
from yunyue.services.containers.kubernetes.abilities import WANTED, Abilities, Spoken
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.engine import KubernetesEngine
from yunyue.services.containers.kubernetes.planting import Planting
from yunyue.services.containers.kubernetes.rendering import Rendering
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.image_rules import ImageRules, KeptImageRules
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes
from yunyue.services.containers.registry.passes import Access
from yunyue.services.containers.registry.server import Registry
from yunyue.services.containers.registry.signatures import Signatures
from yunyue.services.containers.registry.signing_keys import CryptoKey, signing_key
from yunyue.services.containers.registry.tokens import PushTokens

Json = dict[str, Any]
ORDER = ProjectOrder(name="shop", engine="kubernetes")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PLURALS = (("deployments", "Deployment", "apps/v1"), ("jobs", "Job", "batch/v1"), ("cronjobs", "CronJob", "batch/v1"))
ABILITIES = Abilities(
    "v1.36.0", (1, 36), {name: Spoken(known[0], f"{name.lower()}s") for name, known in WANTED.items()}
)
FIELD = "spec.template.spec.containers[0].image"
CONTAINER = "[{name: main, image: IMAGE, resources: {limits: {cpu: 500m, memory: 64Mi}}}]"
POD = f"{{restartPolicy: Never, securityContext: {{runAsNonRoot: true}}, containers: {CONTAINER}}}"
JOB = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: one}}\nspec: {{template: {{spec: {POD}}}}}\n"
CRON = f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly}}
spec: {{schedule: "0 3 * * *", jobTemplate: {{spec: {{template: {{spec: {POD}}}}}}}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engine lies."""
    return tmp_path_factory.mktemp("cluster-images") / "_engine"


@pytest.fixture(scope="module")
def registry(folder: Path) -> Iterator[Registry]:
    """The installation's registry, without the door where people ask for passes."""
    store = Store(folder)
    made = Registry(folder / "registry", Projects(store), PushTokens(store, now), now)

    async def up() -> None:
        assert await made.up() is None
        await made.close()

    asyncio.run(up())
    until(lambda: _answers(made))
    yield made
    made.down()


def _answers(registry: Registry) -> bool:
    try:
        return requests.get(f"http://{registry.address}/v2/", timeout=5).status_code == 401
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def key(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CryptoKey]:
    """The key "release" of the crypto service, which keys.json names."""
    with our_server(tmp_path_factory.mktemp("vault") / "vault") as server:
        server.initialise()
        server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        server.ask("POST", "transit/keys/release", {"type": "sm2"}).raise_for_status()
        path = folder / "keys.json"
        path.write_text(json.dumps({"address": server.address, "token": server.token, "mount": "transit"}))
        path.chmod(0o600)
        found = signing_key(folder, "release")
        assert isinstance(found, CryptoKey)
        yield found


class Shop:
    """A project in a cluster, and what is sent there."""

    def __init__(self, folder: Path, registry: Registry, number: int) -> None:
        self.project = Project(f"o{number}", "c1", "bureau", f"shop{number}", number, ORDER, 0)
        self.store = Store(folder)
        self.engine = KubernetesEngine(folder, now, "")
        self.registry = registry
        self.wire = Wire()
        assert isinstance(Projects(self.store).add(self.project), Project)
        self.planting: Planting | None = None

    def push(self, words: bytes, tag: str = "v1", path: str = "") -> str:
        """A small image under the project's path, or another; its digest."""
        repository = path or f"{self.project.name}/app"
        bearer = self.registry.platform_pass((Access(repository, ("pull", "push")),))
        root = f"http://{self.registry.address}/v2/{repository}"
        pushing = requests.Session()
        pushing.headers["Authorization"] = f"Bearer {bearer}"
        parts = [{"mediaType": kind, **_blob(pushing, root, words)} for kind in (CONFIGURATION, LAYER)]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": parts[0], "layers": parts[1:]}
        answer = pushing.put(f"{root}/manifests/{tag}", json.dumps(manifest), headers={"Content-Type": MANIFEST})
        answer.raise_for_status()
        return str(answer.headers["Docker-Content-Digest"])

    def reference(self, tag: str = "v1") -> str:
        return f"{self.registry.address}/{self.project.name}/app:{tag}"

    def ask(self, text: str) -> object:
        return self.engine.apply(self.project, text, "user:li")

    def applied(self, text: str) -> None:
        assert not isinstance(done := self.ask(text), Refused), done

    def sent(self, *, live: Json | None = None) -> list[str]:
        """One pass of the platform: the images of what it sends to the cluster."""
        before = len(self.wire.bodies)
        rows = Objects(self.store, self.project.order).all()
        space = f"/namespaces/yunyue-abc123-{self.project.name}"
        for plural, _kind, api in PLURALS:
            for row in rows:
                answer = {"metadata": {"name": row.name}}
                self.wire.answers[f"PATCH /apis/{api}{space}/{plural}/{row.name}"] = answer
        seen = {kind: {row.name: live for row in rows if row.kind == kind and live} for _, kind, _ in PLURALS}
        asyncio.run(self._plant(Wishes.of(rows), seen))
        return [str(pod_of(one)["containers"][0]["image"]) for one in self.wire.bodies[before:]]

    async def _plant(self, wishes: Wishes, seen: Any) -> None:
        async with on_the_wire(self.wire) as api:
            cluster = Cluster(api, ABILITIES, self.store, "abc123", now)
            self.planting = Planting(cluster, Rendering("abc123", self.project, ABILITIES))
            await self.planting.plant(wishes, seen, frozenset())

    @property
    def troubles(self) -> dict[tuple[str, str], str]:
        assert self.planting is not None
        return self.planting.refused

    def asks_for(self, signer: str) -> None:
        assert KeptImageRules(self.store).put(self.project.order, ImageRules(signed_by=signer)) is None


def _blob(pushing: requests.Session, root: str, words: bytes) -> Json:
    digest = f"sha256:{hashlib.sha256(words).hexdigest()}"
    place = pushing.post(f"{root}/blobs/uploads/").headers["Location"]
    pushing.put(place, words, params={"digest": digest}).raise_for_status()
    return {"digest": digest, "size": len(words)}


def pod_of(document: Json) -> Json:
    """The pod of what was sent."""
    spec: Json = document["spec"]
    while "containers" not in spec:
        spec = spec["jobTemplate" if "jobTemplate" in spec else "template"]["spec"]
    return spec


@pytest.fixture
def shop(folder: Path, registry: Registry) -> Shop:
    """One of its own for each test."""
    return Shop(folder, registry, len(Projects(Store(folder)).all()) + 1)


def web(shop: Shop, tag: str = "v1") -> str:
    return deployment(replicas=1, image=shop.reference(tag))


def test_a_tag_is_sent_as_the_digest_it_stood_for_when_it_was_applied(shop: Shop) -> None:
    first = shop.push(b"one")
    shop.applied(web(shop))
    assert shop.sent() == [f"{shop.reference()}@{first}"]
    shop.push(b"two")
    assert shop.sent() == [f"{shop.reference()}@{first}"], "a tag that moves changes nothing"


def test_applying_again_takes_the_tag_as_it_is_now_and_undo_the_digest_of_before(shop: Shop) -> None:
    first = shop.push(b"one")
    shop.applied(web(shop))
    second = shop.push(b"two")
    shop.applied(web(shop))
    assert first != second
    assert shop.sent() == [f"{shop.reference()}@{second}"]
    assert not isinstance(shop.engine.undo(shop.project, "deploy", "web", 0, "user:li"), Refused)
    assert shop.sent() == [f"{shop.reference()}@{first}"]


@pytest.mark.parametrize("text", [JOB, CRON], ids=["Job", "CronJob"])
def test_jobs_are_pinned_as_well(shop: Shop, text: str) -> None:
    digest = shop.push(b"one")
    shop.applied(text.replace("IMAGE", shop.reference()))
    assert shop.sent() == [f"{shop.reference()}@{digest}"]


def test_what_the_registry_has_not_or_is_anothers_is_refused_by_field(shop: Shop) -> None:
    missing = shop.ask(web(shop, "v9"))
    assert missing == Refused(f"ImagePull: there is no image {shop.reference('v9')}", f"Deployment web: {FIELD}", "C37")
    shop.push(b"one", path="somebody/app")
    other = shop.ask(deployment(replicas=1, image=f"{shop.registry.address}/somebody/app:v1"))
    assert isinstance(other, Refused)
    assert other.reason.endswith("belongs to another project")
    assert shop.sent() == []


def test_an_unsigned_image_is_refused_until_its_key_signed_it(shop: Shop, key: CryptoKey) -> None:
    digest = shop.push(b"one")
    shop.asks_for("release")
    refused = shop.ask(web(shop))
    assert isinstance(refused, Refused)
    assert refused.field == f"Deployment web: {FIELD}"
    assert f"{shop.project.name}/app@{digest} is not signed by release" in refused.reason
    assert shop.engine.get(shop.project) == ()
    assert shop.sent() == []
    assert Signatures(shop.store, now).sign(f"{shop.project.name}/app", digest, key) is None
    shop.applied(web(shop))
    assert shop.sent() == [f"{shop.reference()}@{digest}"]


def test_what_no_key_can_sign_is_refused_where_a_signature_is_asked_for(shop: Shop, key: CryptoKey) -> None:
    shop.asks_for("release")
    refused = shop.ask(deployment(replicas=1, image="registry.example/app:v1"))
    assert isinstance(refused, Refused)
    assert refused.reason == "policy image-signature: only images of the registry can be signed, by release"
    base = shop.push(b"base", path="base/busybox")
    shop.applied(deployment(replicas=1, image=f"{shop.registry.address}/base/busybox:v1"))
    assert shop.sent() == [f"{shop.registry.address}/base/busybox:v1@{base}"]


class TestAskedAgain:
    """What was applied before the project asked for a signature is not begun anew without one."""

    def test_a_revision_from_before_is_kept_back_and_said_why(self, shop: Shop, key: CryptoKey) -> None:
        shop.push(b"one")
        shop.applied(web(shop))
        shop.asks_for("release")
        assert shop.sent() == []
        assert "is not signed by release" in shop.troubles["Deployment", "web"]
        assert shop.wire.bodies == []

    def test_what_runs_already_runs_on(self, shop: Shop, key: CryptoKey) -> None:
        digest = shop.push(b"one")
        shop.applied(web(shop))
        shop.sent()
        live = {"metadata": {"name": "web"}, "spec": shop.wire.bodies[-1]["spec"], "status": {}}
        shop.asks_for("release")
        assert shop.sent(live=live) == [f"{shop.reference()}@{digest}"]
        assert shop.troubles == {}

    def test_going_back_to_what_was_never_signed_is_kept_back(self, shop: Shop, key: CryptoKey) -> None:
        shop.push(b"one")
        shop.applied(web(shop))
        second = shop.push(b"two")
        assert Signatures(shop.store, now).sign(f"{shop.project.name}/app", second, key) is None
        shop.asks_for("release")
        shop.applied(web(shop))
        assert shop.sent() == [f"{shop.reference()}@{second}"]
        live = {"metadata": {"name": "web"}, "spec": shop.wire.bodies[-1]["spec"], "status": {}}
        assert not isinstance(shop.engine.undo(shop.project, "deploy", "web", 0, "user:li"), Refused)
        assert shop.sent(live=live) == []
        assert "is not signed by release" in shop.troubles["Deployment", "web"]
