"""Both engines of containers keep the same promises: on podman in every run, in a real cluster in its own stage."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from kubernetes_cast import Farm, farm
from podman_cast import Installation, deployment, installation, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Change, Command, Engine, Replica, Rollout, Shown, Tunnel
from yunyue.services.containers.project.project import Project

Place = Installation | Farm


@pytest.fixture(scope="module", params=["podman", pytest.param("kubernetes", marks=pytest.mark.kubernetes)])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "podman":
        with installation(tmp_path_factory.mktemp("engines")) as made:
            yield made
    else:
        with TemporaryDirectory(prefix="yk-") as folder, farm(Path(folder)) as planted:
            yield planted


@pytest.fixture
def project(place: Place) -> Iterator[Project]:
    made = place.project()
    yield made
    place.end(made)


def engine(place: Place) -> Engine:
    return place.engine


def replicas(place: Place, project: Project) -> tuple[Replica, ...]:
    found = place.engine.replicas(project)
    assert not isinstance(found, Refused), found
    return found


def shown(place: Place, project: Project, kind: str, name: str) -> Shown:
    found = place.engine.get(project, kind, name)
    assert not isinstance(found, Refused), found
    return found[0]


def reason(place: Place, project: Project, has: str) -> str:
    """Wait until a replica says why it does not serve."""
    return until(lambda: next((one.reason for one in replicas(place, project) if has in one.reason), ""))


JOB = """
apiVersion: batch/v1
kind: Job
metadata: {{name: sum}}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      securityContext: {{runAsNonRoot: true}}
      containers:
      - name: main
        image: localhost/web:1
        command: ["/bin/sh", "-c", "{command}"]
        resources: {{limits: {{cpu: 100m, memory: 32Mi}}}}
"""


def test_what_is_applied_gets_ready(place: Place, project: Project) -> None:
    applied = place.apply(project, service() + deployment(replicas=2))
    assert [(one.kind, one.deed) for one in applied.changes] == [("Service", "create"), ("Deployment", "create")]
    found = place.complete(project)
    assert (found.wanted, found.updated, found.ready, found.revision) == (2, 2, 2, 1)
    assert {one.phase for one in replicas(place, project)} == {"ready"}
    until(lambda: dict(shown(place, project, "svc", "web").details).get("address", "None") != "None")


def test_applying_the_same_again_changes_nothing(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    before = place.complete(project)
    names = {one.name for one in replicas(place, project)}
    assert [one.deed for one in place.apply(project, deployment(replicas=1)).changes] == ["same"]
    after = place.complete(project)
    assert (after.revision, {one.name for one in replicas(place, project)}) == (before.revision, names)


def test_a_difference_is_shown_and_not_carried_out(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    found = place.engine.diff(project, deployment(replicas=3))
    assert not isinstance(found, Refused)
    assert found.changes[0].deed == "change"
    assert "replicas: 3" in found.changes[0].after
    assert place.rollout(project).wanted == 1


def test_an_update_replaces_every_replica_and_can_be_undone(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=2))
    place.complete(project)
    first = {one.name for one in replicas(place, project)}
    place.apply(project, deployment(replicas=2, image="localhost/web:2"))
    assert place.complete(project).revision == 2
    until(lambda: not first & {one.name for one in replicas(place, project)})
    assert not isinstance(place.engine.undo(project, "deploy", "web", 0, "user:li"), Refused)
    back = place.complete(project)
    assert back.revision == 3
    until(lambda: {one.image.rpartition(":")[2] for one in replicas(place, project)} == {"1"})


def test_an_update_that_cannot_get_ready_goes_back_by_itself(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    place.apply(project, deployment(replicas=1, image="localhost/missing:1", spec="progressDeadlineSeconds: 3"))
    until(lambda: "from revision 2 to 1" in place.rollout(project).reason)
    assert place.complete(project).revision == 3


def test_the_number_of_replicas_follows_a_wish(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    change = place.engine.scale(project, "deploy", "web", 3, "user:li")
    assert isinstance(change, Change)
    assert place.complete(project).ready == 3
    place.engine.scale(project, "deploy", "web", 0, "user:li")
    place.complete(project)
    until(lambda: not replicas(place, project))


def test_a_restart_replaces_replicas_by_new_ones_of_the_same(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    before = {one.name for one in replicas(place, project)}
    assert isinstance(place.engine.restart(project, "deploy", "web", "user:li"), Change)
    place.complete(project)
    until(lambda: replicas(place, project) and not before & {one.name for one in replicas(place, project)})


def test_what_is_deleted_ends(place: Place, project: Project) -> None:
    place.apply(project, service() + deployment(replicas=1))
    place.complete(project)
    assert isinstance(place.engine.delete(project, "deploy", "web", "user:li"), Change)
    until(lambda: not replicas(place, project))
    gone = place.engine.get(project, "deploy", "web")
    assert gone == Refused("there is no Deployment web", "name", "C37")


def test_an_image_that_is_not_there_is_named(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1, image="localhost/missing:1"))
    assert reason(place, project, "missing").startswith("ImagePull: ")
    assert place.rollout(project).progress == "progressing"


def test_a_program_that_ends_again_and_again_is_told(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1, container='command: ["/bin/sh", "-c", "exit 3"]'))
    assert "3" in reason(place, project, "CrashLoopBackOff")


def test_a_job_is_done_once(place: Place, project: Project) -> None:
    place.apply(project, JOB.format(command="exit 0"))
    until(lambda: shown(place, project, "Job", "sum").state == "complete")
    names = {one.name for one in replicas(place, project)}
    place.stop_keeper()
    place.start_keeper()
    place.apply(project, service())
    until(lambda: dict(shown(place, project, "svc", "web").details).get("address", "None") != "None")
    assert shown(place, project, "Job", "sum").state == "complete"
    assert {one.name for one in replicas(place, project)} == names


def test_a_job_that_fails_says_so(place: Place, project: Project) -> None:
    place.apply(project, JOB.format(command="exit 4"))
    until(lambda: shown(place, project, "Job", "sum").state == "failed")
    assert shown(place, project, "Job", "sum").reason


def test_a_changed_setting_makes_a_new_revision_of_what_mounts_it(place: Place, project: Project) -> None:
    mounted = "envFrom: [{configMapRef: {name: settings}}]"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata: {{A: '{value}'}}\n---"
    place.apply(project, settings.format(value=1) + deployment(replicas=1, container=mounted))
    assert place.complete(project).revision == 1
    place.apply(project, settings.format(value=2))
    assert place.complete(project).revision == 2


def test_replicas_of_a_stateful_set_keep_their_names(place: Place, project: Project) -> None:
    text = deployment(replicas=2, spec="serviceName: web").replace("kind: Deployment", "kind: StatefulSet")
    place.apply(project, text)
    place.complete(project, kind="StatefulSet")
    assert {one.name for one in replicas(place, project)} == {"web-0", "web-1"}


@pytest.mark.parametrize(
    ("written", "field", "rule"),
    [
        ("securityContext: {privileged: true}", "securityContext.privileged", "no-privileged"),
        ("securityContext: {runAsUser: 0}", "securityContext.runAsUser", "non-root"),
        ("securityContext: {capabilities: {add: [SYS_ADMIN]}}", "securityContext.capabilities.add[0]", "capabilities"),
        ("securityContext: {allowPrivilegeEscalation: true}", "allowPrivilegeEscalation", "no-escalation"),
    ],
)
def test_the_same_policy_refuses_by_field_and_rule(
    place: Place, project: Project, written: str, field: str, rule: str
) -> None:
    refused = place.engine.apply(project, deployment(container=written), "user:li")
    assert isinstance(refused, Refused)
    assert refused.field.endswith(field)
    assert refused.reason.startswith(f"policy {rule}: ")
    assert place.engine.get(project) == ()


def test_a_quota_is_kept_before_anything_is_written(place: Place, project: Project) -> None:
    refused = place.engine.apply(project, deployment(replicas=17), "user:li")
    assert isinstance(refused, Refused)
    assert refused.field == "quota.vcpu"
    assert place.engine.get(project) == ()


def test_events_tell_what_happened_in_order(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)

    def told() -> list[str]:
        found = place.engine.events(project)
        assert not isinstance(found, Refused)
        assert [one.number for one in found] == sorted(one.number for one in found)
        return [one.reason for one in found]

    until(lambda: {"Created", "Ready"} <= set(told()))
    assert told()[0] == "Created"


def test_lines_come_from_a_replica_and_none_from_a_stranger(place: Place, project: Project) -> None:
    place.apply(project, JOB.format(command="echo line 1; exit 0"))
    until(lambda: shown(place, project, "Job", "sum").state == "complete")
    name = replicas(place, project)[0].name

    async def lines(replica: str) -> list[str]:
        from yunyue.services.containers.engine import Follow

        return [line.text async for line in place.engine.logs(project, replica, Follow())]

    assert any("line 1" in one for one in asyncio.run(lines(name)))
    assert asyncio.run(lines("ghost")) == []


def run(place: Place, project: Project, words: tuple[str, ...]) -> tuple[bytes, int] | Refused:
    """A command in the first replica: its output and its status."""

    async def asked() -> tuple[bytes, int] | Refused:
        shell = await place.engine.exec(project, replicas(place, project)[0].name, Command(words))
        if isinstance(shell, Refused):
            return shell
        output = b""
        while piece := await shell.read():
            output += piece
        status = await shell.status()
        await shell.close()
        return output, status

    return asyncio.run(asked())


def test_a_command_runs_in_a_replica_and_tells_how_it_ended(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    assert run(place, project, ("/bin/sh", "-c", "echo here; exit 7")) == (b"here\n", 7)
    assert run(place, project, ("/bin/sh", "-c", "echo well")) == (b"well\n", 0)
    ghost = asyncio.run(place.engine.exec(project, "ghost", Command(("ls",))))
    assert isinstance(ghost, Refused)
    assert ghost.field == "replica"


@pytest.mark.parametrize("target", ["service/web", "replica"])
def test_a_port_is_reached_through_the_engine(place: Place, project: Project, target: str) -> None:
    place.apply(project, service(port=8080) + deployment(replicas=1))
    place.complete(project)
    name = target if target != "replica" else replicas(place, project)[0].name

    async def asked() -> bytes | Refused:
        tunnel = await place.engine.forward(project, name, 8080)
        if isinstance(tunnel, Refused):
            return tunnel
        return await answer_of(tunnel)

    def answered() -> bytes:
        found = asyncio.run(asked())
        return b"" if isinstance(found, Refused) else found

    answer = until(answered)
    assert answer.startswith(b"HTTP/1.")
    assert answer.endswith(b"one\n")


async def answer_of(tunnel: Tunnel) -> bytes:
    await tunnel.write(b"GET / HTTP/1.0\r\nHost: web\r\n\r\n")
    answer = b""
    while not answer.endswith(b"one\n") and (piece := await tunnel.read()):
        answer += piece
    await tunnel.close()
    return answer


@pytest.mark.parametrize(("target", "port"), [("ghost", 80), ("service/ghost", 80), ("service/web", 81), ("ghost", 0)])
def test_what_is_not_there_is_not_forwarded(place: Place, project: Project, target: str, port: int) -> None:
    place.apply(project, service())
    assert isinstance(asyncio.run(place.engine.forward(project, target, port)), Refused)


def test_use_is_told_of_every_replica(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)

    def told() -> bool:
        found = place.engine.top(project)
        assert not isinstance(found, Refused)
        return [(one.workload, one.most_milli, one.most_octets) for one in found] == [("web", 500, 64 << 20)]

    until(told)


def test_a_paused_project_runs_nothing_and_comes_back(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=1))
    place.complete(project)
    place.projects.put(msgspec.structs.replace(project, paused=True))
    wake(place, project)
    until(lambda: not replicas(place, project))
    place.projects.put(msgspec.structs.replace(project, paused=False))
    wake(place, project)
    place.complete(project)
    until(lambda: [one.phase for one in replicas(place, project)] == ["ready"])


def wake(place: Place, project: Project) -> None:
    place.engine.rang(msgspec.structs.replace(project, order=""))


def test_a_platform_that_comes_back_finds_everything_and_doubles_nothing(place: Place, project: Project) -> None:
    place.apply(project, deployment(replicas=2))
    place.complete(project)
    names = {one.name for one in replicas(place, project)}
    place.stop_keeper()
    place.apply(project, service())
    place.start_keeper()
    until(lambda: dict(shown(place, project, "svc", "web").details).get("address", "None") != "None")
    place.complete(project)
    assert {one.name for one in replicas(place, project)} == names


def test_what_was_wished_while_nobody_worked_is_done_later(place: Place, project: Project) -> None:
    place.stop_keeper()
    place.apply(project, deployment(replicas=1))
    found: Callable[[], Rollout] = lambda: place.rollout(project)  # noqa: E731 - said twice below
    assert found().progress == "progressing"
    place.start_keeper()
    assert place.complete(project).ready == 1
