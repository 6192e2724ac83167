"""The registry of the installation: pushed by token into one's own path, pulled from there, tagged, kept, signed."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
import requests
from openbao import Server, our_server
from podman_cast import Installation, deployment, service
from wishing import now, until

from yunyue.answer import Refused
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.host.ciphers.pairs import Pair
from yunyue.services.containers.images.bill import bill
from yunyue.services.containers.project.image_rules import ImageRules, KeptImageRules
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.catalogue import Catalogue
from yunyue.services.containers.registry.door import allowed
from yunyue.services.containers.registry.server import Registry
from yunyue.services.containers.registry.signatures import Signatures, text_of
from yunyue.services.containers.registry.signing_keys import CryptoKey, signing_key
from yunyue.services.containers.registry.tokens import PushTokens

T = TypeVar("T")


def registry(cloud: Installation) -> Registry:
    keeper = cloud.keeper
    assert keeper is not None
    return keeper.registry


@pytest.fixture(scope="module")
def mine(cloud: Installation) -> Iterator[Project]:
    made = cloud.project()
    yield made
    cloud.end(made)


@pytest.fixture(scope="module")
def token(cloud: Installation, mine: Project) -> str:
    made = PushTokens(cloud.engine.store, now).issue(mine.order, "ci")
    assert isinstance(made, str)
    return made


def push(cloud: Installation, image: str, name: str, login: str) -> str:
    """Push an image that is here under a name; the reference it has then, or podman's words."""
    reference = f"{registry(cloud).address}/{name}"
    cloud.podman("tag", image, reference)
    try:
        cloud.podman("push", "-q", "--tls-verify=false", f"--creds={login}", reference)
    except subprocess.CalledProcessError as error:
        return f"refused: {error.stderr}"
    finally:
        cloud.podman("rmi", reference)
    return reference


def asked(cloud: Installation, question: Callable[[Catalogue], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with aiohttp.ClientSession() as session:
            return await question(Catalogue(registry(cloud), session))

    return asyncio.run(ask())


def test_what_is_pushed_with_a_token_runs_in_its_project(cloud: Installation, mine: Project, token: str) -> None:
    reference = push(cloud, "localhost/web:2", f"{mine.name}/app:v1", f"{mine.name}:{token}")
    cloud.apply(mine, service() + deployment(replicas=1, image=reference))
    cloud.complete(mine)
    (tag,) = asked(cloud, lambda catalogue: catalogue.tags(f"{mine.name}/app"))
    assert (tag.name, tag.repository) == ("v1", f"{mine.name}/app")
    assert tag.octets > 500_000


def test_a_tag_is_kept_as_the_digest_it_stood_for_and_rolled_back_to(cloud: Installation, project: Project) -> None:
    """The tag moves twice meanwhile: what runs and what one goes back to stays what was applied."""
    own = PushTokens(cloud.engine.store, now).issue(project.order, "ci")
    name, login = f"{project.name}/app:v1", f"{project.name}:{own}"
    reference = push(cloud, "localhost/web:1", name, login)
    cloud.apply(project, service() + deployment(replicas=1, image=reference))
    first = image_of(cloud, project)
    assert first == f"{reference}@{asked(cloud, lambda catalogue: catalogue.digest(f'{project.name}/app', 'v1'))}"
    push(cloud, "localhost/web:2", name, login)
    assert cloud.complete(project).revision == 1
    cloud.apply(project, deployment(replicas=1, image=reference))
    assert cloud.complete(project).revision == 2
    assert image_of(cloud, project) != first
    push(cloud, "localhost/web:1", f"{project.name}/other:v1", login)
    until(lambda: requests.get(cloud.address(project), timeout=5).text == "two\n")
    assert not isinstance(cloud.engine.undo(project, "deploy", "web", 0, "a"), Refused)
    assert image_of(cloud, project) == first
    cloud.complete(project)
    until(lambda: requests.get(cloud.address(project), timeout=5).text == "one\n")


def image_of(cloud: Installation, project: Project) -> str:
    return next(one.image for one in cloud.rollout(project).revisions if one.current)


def test_an_image_the_registry_has_not_is_refused_by_field(cloud: Installation, project: Project) -> None:
    reference = f"{registry(cloud).address}/{project.name}/app:v1"
    answer = cloud.engine.apply(project, deployment(replicas=1, image=reference), "a")
    field = "Deployment web: spec.template.spec.containers[0].image"
    assert answer == Refused(f"ImagePull: there is no image {reference}", field, "C37")
    assert cloud.engine.get(project) == ()


def test_a_registry_that_is_down_is_said_and_nothing_is_kept(cloud: Installation, project: Project) -> None:
    reference = f"{registry(cloud).address}/{project.name}/app:v1"
    registry(cloud).down()
    answer = cloud.engine.apply(project, deployment(replicas=1, image=reference), "a")
    assert isinstance(answer, Refused)
    assert "the registry does not answer" in answer.reason or "there is no image" in answer.reason
    assert cloud.engine.get(project) == ()


def test_another_projects_path_is_closed_to_the_token(cloud: Installation, mine: Project, token: str) -> None:
    said = push(cloud, "localhost/web:1", "somebody/app:v1", f"{mine.name}:{token}")
    assert "denied" in said or "unauthorized" in said
    refused = next(one for one in reversed(cloud.records) if "repository:somebody/app:" in one.about)
    assert (refused.outcome, refused.actor) == ("refused", f"push:{mine.name}/ci")


def test_without_a_token_that_holds_nothing_is_pushed(cloud: Installation, mine: Project, token: str) -> None:
    tokens = PushTokens(cloud.engine.store, now)
    old = tokens.issue(mine.order, "old")
    assert tokens.withdraw(mine.order, "old") is None
    for wrong in ("guess", f"{old}", ""):
        assert push(cloud, "localhost/web:1", f"{mine.name}/app:v9", f"{mine.name}:{wrong}").startswith("refused")
    assert tokens.withdraw(mine.order, "old") == Refused("there is no push token 'old'", "name", "C37")


def test_an_image_of_another_project_is_not_run(
    cloud: Installation, project: Project, mine: Project, token: str
) -> None:
    reference = push(cloud, "localhost/web:2", f"{mine.name}/secret:v1", f"{mine.name}:{token}")
    answer = cloud.engine.apply(project, deployment(replicas=1, image=reference), "a")
    assert isinstance(answer, Refused)
    assert answer.reason == f"ImagePull: {reference} belongs to another project"


def test_only_the_newest_and_those_in_use_are_kept(cloud: Installation, mine: Project, token: str) -> None:
    for number in (1, 2, 3):
        name = f"localhost/kept:{number}"
        cloud.load(name, f"kept {number}\n".encode())
        push(cloud, name, f"{mine.name}/kept:v{number}", f"{mine.name}:{token}")
    tags = asked(cloud, lambda catalogue: catalogue.tags(f"{mine.name}/kept"))
    in_use = frozenset({tags[2].digest})
    gone = asked(cloud, lambda catalogue: catalogue.retain(f"{mine.name}/kept", 1, in_use))
    assert gone == (tags[1],)
    left = asked(cloud, lambda catalogue: catalogue.tags(f"{mine.name}/kept"))
    assert {one.digest for one in left} == {tags[0].digest, tags[2].digest}


@pytest.mark.parametrize(
    ("scope", "actions"),
    [
        ("repository:mine/app:pull,push", ("pull", "push")),
        ("repository:base/busybox:pull,push", ("pull",)),
        ("repository:mine2/app:pull,push", None),
        ("repository:mine/../theirs/app:pull", None),
        ("registry:catalog:*", None),
        ("repository:other/app:pull", None),
    ],
)
def test_a_pass_covers_ones_own_path_and_pulls_of_base_images(scope: str, actions: tuple[str, ...] | None) -> None:
    found = allowed(scope, "mine", ("pull", "push"))
    assert (found.actions if found is not None else None) == actions


@dataclass
class Key:
    """An SM2 key, as the crypto service keeps them."""

    name: str = "images"

    def __post_init__(self) -> None:
        made = generate_pair("sm2")
        assert not isinstance(made, Unavailable)
        self.pair: Pair = made

    def sign(self, text: bytes) -> bytes | Refused:
        return self.pair.sign(text)

    def verify(self, text: bytes, signature: bytes) -> bool | Refused:
        return self.pair.verify(text, signature)


def test_only_what_the_key_signed_is_admitted(tmp_path: Path) -> None:
    signatures, key, other = Signatures(Store(tmp_path), now), Key(), Key("other")
    digest = f"sha256:{'a' * 64}"
    assert signatures.sign("mine/app", digest, key) is None
    assert signatures.admitted("mine/app", digest, key) is None
    for repository, wanted, who in (
        ("mine/app", digest.replace("a", "b"), key),
        ("mine/b", digest, key),
        ("mine/app", digest, other),
    ):
        answer = signatures.admitted(repository, wanted, who)
        assert isinstance(answer, Refused)
        assert "is not signed" in answer.reason


def test_a_signature_of_another_text_is_wrong(tmp_path: Path) -> None:
    store, key = Store(tmp_path), Key()
    signatures = Signatures(store, now)
    forged = key.sign(text_of("mine/app", "sha256:other"))
    with store.change() as db:
        db.execute("INSERT INTO signatures VALUES (?, ?, ?, ?, ?)", ("mine/app", "sha256:this", key.name, forged, 1))
    assert signatures.admitted("mine/app", "sha256:this", key) == Refused(
        "ImageSignature: the signature of mine/app is wrong", "image", "C37"
    )


@pytest.fixture(scope="module")
def vault(cloud: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The crypto service in a process of its own, with an SM2 key "images" and another; named in keys.json."""
    with our_server(tmp_path_factory.mktemp("vault") / "vault") as server:
        server.initialise()
        server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
        for name in ("images", "others"):
            server.ask("POST", f"transit/keys/{name}", {"type": "sm2"}).raise_for_status()
        path = cloud.folder / "keys.json"
        path.write_text(json.dumps({"address": server.address, "token": server.token, "mount": "transit"}))
        path.chmod(0o600)
        yield server
        path.unlink()


def crypto_key(cloud: Installation, name: str) -> CryptoKey:
    found = signing_key(cloud.folder, name)
    assert isinstance(found, CryptoKey)
    return found


def test_only_what_a_key_of_the_crypto_service_signed_is_applied(
    cloud: Installation, vault: Server, project: Project
) -> None:
    own = PushTokens(cloud.engine.store, now).issue(project.order, "ci")
    repository = f"{project.name}/app"
    reference = push(cloud, "localhost/web:2", f"{repository}:v1", f"{project.name}:{own}")
    digest = asked(cloud, lambda catalogue: catalogue.digest(repository, "v1"))
    assert isinstance(digest, str)
    assert KeptImageRules(cloud.engine.store).put(project.order, ImageRules(signed_by="images")) is None
    text = deployment(replicas=1, image=reference)
    unsigned = cloud.engine.apply(project, text, "a")
    assert isinstance(unsigned, Refused)
    assert unsigned.field == "Deployment web: spec.template.spec.containers[0].image"
    assert f"policy image-signature: ImageSignature: {repository}@{digest} is not signed by images" in unsigned.reason
    signatures = Signatures(cloud.engine.store, now)
    assert signatures.sign(repository, digest, crypto_key(cloud, "others")) is None
    assert isinstance(cloud.engine.apply(project, text, "a"), Refused)
    with cloud.engine.store.change() as db:
        db.execute("UPDATE signatures SET signer = 'images' WHERE repository = ?", (repository,))
    forged = cloud.engine.apply(project, text, "a")
    assert isinstance(forged, Refused)
    assert f"the signature of {repository} is wrong" in forged.reason
    assert signatures.sign(repository, digest, crypto_key(cloud, "images")) is None
    cloud.apply(project, text)
    cloud.complete(project)
    elsewhere = cloud.engine.apply(project, deployment(replicas=1), "a")
    assert isinstance(elsewhere, Refused)
    assert "only images of the registry can be signed" in elsewhere.reason


def test_what_was_applied_before_the_rule_is_asked_again_when_it_starts(
    cloud: Installation, vault: Server, project: Project
) -> None:
    cloud.apply(project, deployment(replicas=1))
    cloud.complete(project)
    assert KeptImageRules(cloud.engine.store).put(project.order, ImageRules(signed_by="images")) is None
    assert not isinstance(cloud.engine.scale(project, "deploy", "web", 2, "a"), Refused)
    until(lambda: "policy image-signature" in cloud.rollout(project).reason)


def test_keys_that_others_may_read_are_not_used(tmp_path: Path) -> None:
    for said, mode, wanted in (
        ("{}", 0o600, "is not used"),
        ('{"address": "http://127.0.0.1:1", "token": "t", "mount": "m"}', 0o644, "may be read by others"),
    ):
        path = tmp_path / "keys.json"
        path.write_text(said)
        path.chmod(mode)
        found = signing_key(tmp_path, "images")
        assert isinstance(found, Refused)
        assert wanted in found.reason
    path.unlink()
    assert isinstance(signing_key(tmp_path, "images"), Refused)


@pytest.mark.parametrize("rules", [ImageRules(newest=0), ImageRules(newest=1001), ImageRules(signed_by="a b")])
def test_rules_out_of_range_are_refused(tmp_path: Path, rules: ImageRules) -> None:
    kept = KeptImageRules(Store(tmp_path))
    assert isinstance(kept.put("o1", rules), Refused)
    assert kept.of("o1") == ImageRules()


def test_tidying_keeps_the_newest_what_runs_and_what_one_may_go_back_to(cloud: Installation, project: Project) -> None:
    """Four images under tags and one whose tag moved on; only the one nothing names and no rule keeps goes."""
    own = PushTokens(cloud.engine.store, now).issue(project.order, "ci")
    repository, login = f"{project.name}/app", f"{project.name}:{own}"
    references = []
    for number in range(4):
        cloud.load(f"localhost/tidy:{number}", f"tidy {number}\n".encode())
        references.append(push(cloud, f"localhost/tidy:{number}", f"{repository}:v{number}", login))
    digests = {one.name: one.digest for one in asked(cloud, lambda catalogue: catalogue.tags(repository))}
    for number in (0, 1):
        cloud.apply(project, deployment(replicas=0, image=references[number]))
    push(cloud, "localhost/tidy:2", f"{repository}:v0", login)
    push(cloud, "localhost/tidy:3", f"{repository}:v2", login)
    assert KeptImageRules(cloud.engine.store).put(project.order, ImageRules(newest=1)) is None
    keeper = cloud.keeper
    assert keeper is not None
    assert cloud.loop is not None
    removed = asyncio.run_coroutine_threadsafe(keeper.tidying.tidy(0.0), cloud.loop).result(60)
    left = set(registry(cloud).manifests(repository, older=-60.0))
    assert {digests["v0"], digests["v1"]} <= left
    assert removed == 4 - len(left)
    assert len(left) == 3
    cloud.apply(project, deployment(replicas=1, image=f"{references[0].rpartition(':')[0]}@{digests['v0']}"))
    cloud.complete(project)


def test_the_images_of_a_project_that_ended_are_gone(cloud: Installation) -> None:
    brief = cloud.project()
    own = PushTokens(cloud.engine.store, now).issue(brief.order, "ci")
    push(cloud, "localhost/web:1", f"{brief.name}/app:v1", f"{brief.name}:{own}")
    assert asked(cloud, lambda catalogue: catalogue.repositories(brief.name)) == (f"{brief.name}/app",)
    cloud.end(brief)
    until(lambda: registry(cloud).manifests(f"{brief.name}/app", older=-60.0) == ())


def test_layers_are_collected_and_the_registry_answers_again(cloud: Installation, mine: Project, token: str) -> None:
    cloud.load("localhost/big:1", b"x" * 3_000_000)
    push(cloud, "localhost/big:1", f"{mine.name}/big:v1", f"{mine.name}:{token}")
    blobs = cloud.folder / "registry" / "images" / "docker" / "registry" / "v2" / "blobs"
    digest = asked(cloud, lambda catalogue: catalogue.digest(f"{mine.name}/big", "v1"))
    assert isinstance(digest, str)
    kept = len(list(blobs.glob("*/*/*/data")))
    assert asked(cloud, lambda catalogue: catalogue.remove(f"{mine.name}/big", digest)) is None
    assert registry(cloud).collect() == ""
    assert len(list(blobs.glob("*/*/*/data"))) < kept
    assert push(cloud, "localhost/web:1", f"{mine.name}/small:v1", f"{mine.name}:{token}").startswith("127")


def test_nobody_starts_the_registry_while_its_layers_are_collected(cloud: Installation) -> None:
    keeper, loop, file = cloud.keeper, cloud.loop, cloud.folder / "registry" / "registry.pid"
    assert keeper is not None
    assert loop is not None
    seen = {file.read_text()}
    with ThreadPoolExecutor(1) as pool:
        collecting = pool.submit(keeper.registry.collect)
        while not collecting.done():
            assert asyncio.run_coroutine_threadsafe(keeper.registry.up(), loop).result(60) is None
            seen.add(file.read_text() if file.exists() else "")
        assert collecting.result() == ""
    assert len(seen - {""}) == 2


def test_the_bill_of_materials_names_the_packages(cloud: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    cloud.podman("save", "--format=docker-archive", "-o", str(archive), "localhost/web:1")
    made = bill(archive, "localhost/web:1", "sha256:1")
    assert isinstance(made, str)
    found = json.loads(made)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    (component,) = found["components"]
    installed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "busybox-static"], capture_output=True, text=True
    )
    assert (component["name"], component["version"]) == ("busybox-static", installed.stdout)
    assert isinstance(bill(Path("/etc/passwd"), "x", "y"), Refused)
