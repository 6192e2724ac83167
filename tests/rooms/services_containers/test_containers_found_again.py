"""The platform, podman and the balancer each die in the middle of things: containers run on, nothing is doubled."""

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest
import requests
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow
from yunyue.services.containers.errors import EngineGone
from yunyue.services.containers.podman.station import Station, end_process
from yunyue.services.containers.project.project import Project

PLATFORM = """
import asyncio, sys, time
from pathlib import Path
from yunyue.services.containers.podman.keeper import Keeper
asyncio.run(Keeper(Path(sys.argv[1]), lambda: time.time_ns() // 1_000_000).work())
"""


def ours(cloud: Installation, project: Project) -> list[str]:
    """The names of a project's containers that run, as podman says."""
    return sorted(
        cloud.podman("ps", "--format", "{{.Names}}", "--filter", f"label=yunyue.project={project.order}").split()
    )


def restarts(cloud: Installation, project: Project) -> int:
    found = cloud.engine.replicas(project)
    assert not isinstance(found, Refused)
    return sum(one.restarts for one in found)


def test_a_platform_that_is_killed_finds_its_containers_again(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    before, url = ours(cloud, project), cloud.address(project)
    cloud.stop_keeper()
    platform = subprocess.Popen([sys.executable, "-c", PLATFORM, str(cloud.folder)])
    try:
        time_of = cloud.engine.store.path.stat().st_mtime_ns
        assert not isinstance(cloud.engine.scale(project, "deploy", "web", 3, "a"), Refused)
        until(lambda: len(ours(cloud, project)) == 3)
        assert cloud.engine.store.path.stat().st_mtime_ns >= time_of
    finally:
        os.kill(platform.pid, signal.SIGKILL)
        platform.wait()
    assert requests.get(url, timeout=5).text == "one\n"
    cloud.start_keeper()
    cloud.complete(project)
    assert ours(cloud, project)[:2] == before
    assert len(ours(cloud, project)) == 3
    assert restarts(cloud, project) == 0


def test_a_replica_that_died_while_the_platform_was_away_is_replaced(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    victim = next(iter(cloud.yard(project).replicas.values()))
    pid = victim.pid
    cloud.stop_keeper()
    os.kill(pid, signal.SIGKILL)
    url = cloud.address(project)
    assert {requests.get(url, timeout=5).status_code for _ in range(10)} == {200}
    cloud.start_keeper()
    until(lambda: restarts(cloud, project) == 1)
    assert cloud.complete(project).ready == 2


def test_killed_in_the_middle_of_an_update_it_is_carried_on(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=3))
    cloud.complete(project)
    cloud.apply(project, deployment(replicas=3, image="localhost/web:2"))
    until(lambda: len(ours(cloud, project)) > 3)
    cloud.stop_keeper()
    cloud.start_keeper()
    assert cloud.complete(project).updated == 3
    until(lambda: len(ours(cloud, project)) == 3)
    until(lambda: requests.get(cloud.address(project), timeout=5).text == "two\n")


def test_podmans_service_is_started_again_in_the_middle_of_an_update(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment())
    cloud.complete(project)
    cloud.apply(project, deployment(image="localhost/web:2"))
    pid = int((cloud.places.run / "podman.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    assert requests.get(cloud.address(project), timeout=5).status_code == 200
    assert cloud.complete(project).revision == 2
    until(lambda: len(ours(cloud, project)) == 2)


def test_while_podman_is_away_requests_are_answered_wishes_kept_and_commands_refused(
    cloud: Installation, project: Project
) -> None:
    cloud.apply(project, service() + deployment(replicas=1))
    cloud.complete(project)
    url = cloud.address(project)
    cloud.stop_keeper()
    Station(cloud.places).stop()
    assert requests.get(url, timeout=5).text == "one\n"
    refused = asyncio.run(cloud.engine.exec(project, "web-1", Command(("ls",))))
    assert isinstance(refused, Refused)
    assert (refused.field, refused.reason.partition(":")[0]) == ("engine", "podman does not answer")

    async def read() -> None:
        async for _ in cloud.engine.logs(project, "web-1", Follow()):
            pass

    with pytest.raises(EngineGone):
        asyncio.run(read())
    assert not isinstance(cloud.engine.scale(project, "deploy", "web", 2, "a"), Refused)
    cloud.start_keeper()
    until(lambda: len(ours(cloud, project)) == 2)


def test_a_balancer_that_died_is_started_again_and_filled(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=1))
    cloud.complete(project)
    end_process(cloud.yard(project).ground.layout.pidfile, "haproxy")

    def answers() -> bool:
        try:
            return requests.get(cloud.address(project), timeout=1).status_code == 200
        except requests.RequestException:
            return False

    until(answers)


def test_a_project_that_ends_while_its_balancer_starts_leaves_none_behind(cloud: Installation) -> None:
    """The place of its number is another project's next: two balancers would share its requests."""
    for _ in range(3):
        brief = cloud.project()
        cloud.end(brief)
        folder = str(cloud.places.run / "balancers" / str(brief.number))
        assert not [one for one in psutil.process_iter(["cmdline"]) if folder in " ".join(one.info["cmdline"] or ())]


def test_after_a_reboot_everything_is_there_again_once(cloud: Installation, project: Project) -> None:
    """What a reboot ends: every process, everything under /run, every bridge, address and table of the kernel."""
    claim = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Mi}}}
---"""
    mounted = "volumeMounts: [{name: files, mountPath: /data}]"
    volume = "volumes: [{name: files, persistentVolumeClaim: {claimName: files}}]"
    cloud.apply(project, service() + claim + deployment(replicas=2, container=mounted, pod=volume))
    cloud.complete(project)
    cloud.podman("exec", cloud.yard(project).replicas["web-1"].row.container, "sh", "-c", "echo kept > /data/note")
    cloud.reboot()
    cloud.start_keeper()
    until(lambda: restarts(cloud, project) == 2)
    assert cloud.complete(project).ready == 2
    assert len(ours(cloud, project)) == 2
    until(lambda: requests.get(cloud.address(project), timeout=5).text == "one\n")
    assert cloud.podman("exec", cloud.yard(project).replicas["web-1"].row.container, "cat", "/data/note") == "kept"


def test_a_container_nobody_asked_for_is_removed(cloud: Installation, project: Project) -> None:
    labels = (f"yunyue.project={project.order}", f"yunyue.installation={cloud.places.key}")
    stray = cloud.podman("run", "-d", *(f"--label={one}" for one in labels), "localhost/web:1")
    cloud.stop_keeper()
    cloud.start_keeper()
    until(lambda: stray[:12] not in cloud.podman("ps", "-aq"))


def test_the_lines_of_a_replica_outlive_its_container(cloud: Installation, project: Project) -> None:
    words = 'command: ["/bin/sh", "-c", "echo life $RANDOM; exec httpd -f -p 8080 -h /www"]'
    cloud.apply(project, deployment(replicas=1, container=words))
    cloud.complete(project)

    async def read(which: Follow) -> list[str]:
        return [line.text async for line in cloud.engine.logs(project, "web-1", which)]

    first = asyncio.run(read(Follow()))
    os.kill(cloud.yard(project).replicas["web-1"].pid, signal.SIGKILL)
    until(lambda: restarts(cloud, project) == 1)
    cloud.complete(project)
    second = until(lambda: asyncio.run(read(Follow())))
    assert asyncio.run(read(Follow(previous=True))) == first != second
