"""The registry of the installation: pushed by token into one's own path, pulled from there, tagged, kept, signed."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
from podman_cast import Installation, deployment, now, service, until

from yunyue.answer import Refused
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.host.ciphers.pairs import Pair
from yunyue.services.containers.images.bill import bill
from yunyue.services.containers.podman.images import anybody
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.catalogue import Catalogue
from yunyue.services.containers.registry.server import Registry, allowed
from yunyue.services.containers.registry.signatures import Signatures, required, text_of
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
    cloud.apply(mine, deployment(replicas=1, image=f"{reference.rpartition(':')[0]}@{tag.digest}"))
    assert cloud.complete(mine).revision == 2


def test_another_projects_path_is_closed_to_the_token(cloud: Installation, mine: Project, token: str) -> None:
    said = push(cloud, "localhost/web:1", "somebody/app:v1", f"{mine.name}:{token}")
    assert "denied" in said or "unauthorized" in said


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
    cloud.apply(project, deployment(replicas=1, image=reference))
    until(lambda: "belongs to another project" in cloud.rollout(project).reason)


def test_only_the_newest_and_those_in_use_are_kept(cloud: Installation, mine: Project, token: str) -> None:
    for number in (1, 2, 3):
        name = f"localhost/kept:{number}"
        cloud.load(name, f"kept {number}\n".encode())
        push(cloud, name, f"{mine.name}/kept:v{number}", f"{mine.name}:{token}")
    tags = asked(cloud, lambda catalogue: catalogue.tags(f"{mine.name}/kept"))
    in_use = frozenset({tags[2].digest})
    gone = asked(cloud, lambda catalogue: catalogue.retain(mine.name, 1, in_use))
    assert tags[1] in gone
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


def test_an_unsigned_image_does_not_start_and_a_signed_one_does(
    cloud: Installation, mine: Project, token: str, project: Project
) -> None:
    own = PushTokens(cloud.engine.store, now).issue(project.order, "ci")
    reference = push(cloud, "localhost/web:2", f"{project.name}/app:v1", f"{project.name}:{own}")
    signatures, key = Signatures(cloud.engine.store, now), Key()
    images = cloud.yard(project).machine.images
    images.admission = required(signatures, key)
    try:
        cloud.apply(project, deployment(replicas=1, image=reference))
        until(lambda: "is not signed by images" in cloud.rollout(project).reason)
        digest = asked(cloud, lambda catalogue: catalogue.digest(f"{project.name}/app", "v1"))
        assert isinstance(digest, str)
        assert signatures.sign(f"{project.name}/app", digest, key) is None
        cloud.complete(project)
    finally:
        images.admission = anybody


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
