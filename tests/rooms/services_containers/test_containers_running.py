"""Workloads on a real podman: they run, answer, are replaced, rolled, and told about."""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
import requests
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Replica
from yunyue.services.containers.project.project import Project

SLOW = """command:
        - /bin/nc
        - -ll
        - -p
        - "8080"
        - -e
        - /bin/sh
        - -c
        - "read method path rest; case $path in /slow) sleep 2;; esac; exec /bin/answer"
"""
WHOLE = 'command: ["/bin/nc", "-ll", "-p", "8080", "-e", "/bin/answer"]'
"""Serves each answer in one piece: what is half answered when its server is killed nobody can ask again."""


class Load:
    """Clients that ask without a pause; `wrong` counts what was not a 200."""

    def __init__(self, url: str, clients: int = 3) -> None:
        self.url = url
        self.good = 0
        self.wrong: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._over.is_set():
                try:
                    answer = session.get(self.url, timeout=10)
                except requests.RequestException as error:
                    self.wrong[type(error).__name__] += 1
                    continue
                if answer.status_code == 200:
                    self.good += 1
                    self.pages[answer.text.strip()] += 1
                else:
                    self.wrong[str(answer.status_code)] += 1

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()
        until(lambda: self.good > 20)

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@contextmanager
def load(url: str) -> Iterator[Load]:
    made = Load(url)
    made.begin()
    try:
        yield made
    finally:
        made.end()


def page(url: str) -> str:
    try:
        answer = requests.get(url, timeout=5)
    except requests.RequestException:
        return ""
    return answer.text.strip() if answer.status_code == 200 else ""


def test_what_is_applied_answers_at_the_name_and_address_of_its_service(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    assert page(cloud.address(project)) == "one"
    replicas = cloud.engine.replicas(project)
    assert not isinstance(replicas, Refused)
    assert [(one.phase, one.restarts, one.image) for one in replicas] == [("ready", 0, "localhost/web:1")] * 2


def test_a_killed_replica_is_replaced_and_no_request_fails(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(container=WHOLE))
    cloud.complete(project)
    with load(cloud.address(project)) as clients:
        for victim in list(cloud.yard(project).replicas.values()):
            before, began = clients.good, time.monotonic()
            os.kill(victim.pid, signal.SIGKILL)
            until(lambda victim=victim: victim.row.restarts == 1 and victim.row.phase == "ready")  # type: ignore[misc]  # bound now
            assert time.monotonic() - began < 10
            until(lambda before=before: clients.good > before + 50)  # type: ignore[misc]  # bound now
    assert not clients.wrong, clients.wrong
    events = cloud.engine.events(project)
    assert not isinstance(events, Refused)
    assert [one.message for one in events if one.reason == "Died"] == [
        f"{name}: Exited(137); again in 0 s" for name in ("web-1", "web-2")
    ]


def at_work(cloud: Installation, project: Project) -> int | None:
    """The process of the replica that is answering a slow request."""
    pids = (one.pid for one in cloud.yard(project).replicas.values())
    return next((pid for pid in pids if any(c.name() == "sleep" for c in psutil.Process(pid).children(True))), None)


def test_a_request_whose_replica_went_without_a_word_is_answered_by_another(
    cloud: Installation, project: Project
) -> None:
    """Its network ends before its last packet leaves; the balancer is not told, and finds out by itself."""
    cloud.apply(project, service() + deployment(container=SLOW))
    cloud.complete(project)
    with ThreadPoolExecutor(1) as clients:
        answered = clients.submit(requests.get, cloud.address(project) + "slow", timeout=30)
        victim = until(lambda: at_work(cloud, project))
        assert victim is not None
        subprocess.run(["nsenter", "-t", str(victim), "-n", "ip", "link", "set", "eth0", "down"], check=True)
        os.kill(victim, signal.SIGKILL)
        assert answered.result().text.strip() == "one"


def test_a_rolling_update_fails_no_request_and_ends_with_the_new_image(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    with load(cloud.address(project)) as clients:
        cloud.apply(project, deployment(image="localhost/web:2"))
        assert cloud.complete(project).revision == 2
        until(lambda: clients.pages["two"] > 50)
    assert not clients.wrong, clients.wrong
    assert page(cloud.address(project)) == "two"


def test_undo_goes_back_to_the_revision_before(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=1))
    cloud.complete(project)
    cloud.apply(project, deployment(replicas=1, image="localhost/web:2"))
    cloud.complete(project)
    until(lambda: page(cloud.address(project)) == "two")
    assert not isinstance(cloud.engine.undo(project, "deploy", "web", 0, "user:li"), Refused)
    found = cloud.complete(project)
    until(lambda: page(cloud.address(project)) == "one")
    assert [(one.number, one.image, one.current) for one in found.revisions] == [
        (2, "localhost/web:2", False),
        (3, "localhost/web:1", True),
    ]


def test_an_update_that_never_gets_ready_is_rolled_back_with_its_reason(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(spec="progressDeadlineSeconds: 2"))
    cloud.complete(project)
    with load(cloud.address(project)) as clients:
        cloud.apply(project, deployment(image="localhost/nowhere:1", spec="progressDeadlineSeconds: 2"))
        until(lambda: cloud.rollout(project).revision == 3)
        found = cloud.complete(project)
    assert not clients.wrong, clients.wrong
    assert "from revision 2 to 1" in found.reason
    assert "there is no image localhost/nowhere:1" in found.reason


def test_with_the_annotation_it_stays_failed(cloud: Installation, project: Project) -> None:
    text = deployment(replicas=1, image="localhost/nowhere:1", spec="progressDeadlineSeconds: 1")
    cloud.apply(
        project, text.replace("metadata: {name: web}", 'metadata: {name: web, annotations: {yunyue/rollback: "off"}}')
    )
    found = until(lambda: found if (found := cloud.rollout(project)).progress == "failed" else None)
    assert found is not None
    assert "there is no image" in found.reason


def test_a_crash_loop_is_visible_and_waits_ever_longer(cloud: Installation, project: Project) -> None:
    cloud.apply(project, deployment(replicas=1, container='command: ["/bin/sh", "-c", "echo broken; exit 3"]'))
    until(lambda: one(cloud, project).restarts >= 3)
    found = one(cloud, project)
    assert found.reason == "CrashLoopBackOff: Exited(3)"
    assert found.exit == 3
    until(lambda: cloud.rollout(project).reason == f"{found.name}: CrashLoopBackOff: Exited(3)")


def one(cloud: Installation, project: Project) -> Replica:
    """The only replica, once there is one."""

    def first() -> Replica | None:
        found = cloud.engine.replicas(project)
        assert not isinstance(found, Refused)
        return found[0] if found else None

    made = until(first)
    assert made is not None
    return made


def test_memory_beyond_the_limit_is_told_as_such(cloud: Installation, project: Project) -> None:
    hog = 'command: ["/bin/sh", "-c", "a=x; while true; do a=$a$a; done"]'
    cloud.apply(project, deployment(replicas=1, container=hog))
    until(lambda: one(cloud, project).restarts)
    assert "OOMKilled" in one(cloud, project).reason


def test_a_liveness_probe_that_fails_leads_to_a_new_container(cloud: Installation, project: Project) -> None:
    words = '["/bin/sh", "-c", "test ! -e /tmp/ill"]'
    probe = f"livenessProbe: {{exec: {{command: {words}}}, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 1}}"
    cloud.apply(project, deployment(replicas=1, container=probe))
    cloud.complete(project)
    cloud.podman("exec", one_container(cloud, project), "touch", "/tmp/ill")
    until(lambda: one(cloud, project).restarts == 1 and one(cloud, project).phase == "ready")
    events = cloud.engine.events(project)
    assert not isinstance(events, Refused)
    assert any("liveness probe: the command ended with 1" in each.message for each in events), events


def one_container(cloud: Installation, project: Project) -> str:
    return next(iter(cloud.yard(project).replicas.values())).row.container


def test_what_is_not_ready_gets_no_requests(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=2))
    cloud.complete(project)
    sick = next(iter(cloud.yard(project).replicas.values()))
    cloud.podman("exec", "--user", "0", sick.row.container, "mv", "/www/index.html", "/www/gone")
    until(lambda: sick.row.phase == "running")
    assert {page(cloud.address(project)) for _ in range(20)} == {"one"}
    cloud.podman("exec", "--user", "0", sick.row.container, "mv", "/www/gone", "/www/index.html")
    until(lambda: sick.row.phase == "ready")


def test_scaling_down_drains_and_up_again_serves(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=3))
    cloud.complete(project)
    with load(cloud.address(project)) as clients:
        assert not isinstance(cloud.engine.scale(project, "deployment", "web", 1, "user:li"), Refused)
        until(lambda: len(cloud.yard(project).replicas) == 1)
    assert not clients.wrong, clients.wrong
    assert not isinstance(cloud.engine.scale(project, "deployment", "web", 2, "user:li"), Refused)
    assert cloud.complete(project).ready == 2


def test_what_is_deleted_is_gone(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    for kind in ("svc", "deploy"):
        assert not isinstance(cloud.engine.delete(project, kind, "web", "user:li"), Refused)
    until(lambda: not cloud.yard(project).replicas)
    assert cloud.engine.get(project) == ()
    assert cloud.podman("ps", "-aq", "--filter", f"label=yunyue.project={project.order}") == ""


@pytest.mark.parametrize("verb", ["scale", "undo", "rollout", "restart", "delete"])
def test_an_object_that_is_not_there_is_refused_by_name(cloud: Installation, project: Project, verb: str) -> None:
    engine = cloud.engine
    asked: dict[str, Callable[[], object]] = {
        "scale": lambda: engine.scale(project, "deploy", "ghost", 1, "a"),
        "undo": lambda: engine.undo(project, "deploy", "ghost", 0, "a"),
        "rollout": lambda: engine.rollout(project, "deploy", "ghost"),
        "restart": lambda: engine.restart(project, "deploy", "ghost", "a"),
        "delete": lambda: engine.delete(project, "deploy", "ghost", "a"),
    }
    assert asked[verb]() == Refused("there is no Deployment ghost", "name", "C37")
