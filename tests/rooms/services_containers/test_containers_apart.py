"""A tenant cannot see, reach or exhaust another's project: tried from inside containers."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.project.project import Project


@pytest.fixture(scope="module")
def mine(cloud: Installation) -> Iterator[Project]:
    made = cloud.project()
    cloud.apply(made, service() + deployment(replicas=1))
    cloud.complete(made)
    yield made
    cloud.end(made)


@pytest.fixture(scope="module")
def theirs(cloud: Installation) -> Iterator[Project]:
    made = cloud.project()
    cloud.apply(made, service() + deployment(replicas=1, image="localhost/web:2"))
    cloud.complete(made)
    yield made
    cloud.end(made)


@pytest.fixture
def bystander(cloud: Installation) -> Iterator[str]:
    """A container on podman's own bridge, which nobody isolates: the address it has."""
    name = cloud.podman("run", "-d", "--network", "podman", "localhost/web:1")
    yield name
    cloud.podman("rm", "-f", "-t0", name)


def row(cloud: Installation, project: Project):  # type: ignore[no-untyped-def]  # the only replica's row
    return next(iter(cloud.yard(project).replicas.values())).row


def fetched(cloud: Installation, container: str, url: str) -> str:
    """What a program inside a container gets; empty when it does not get there within 2 s."""
    parts = urlsplit(url)
    ask = f"printf 'GET {parts.path} HTTP/1.0\\r\\n\\r\\n' | nc -w 2 {parts.hostname} {parts.port or 80}"
    try:
        return cloud.podman("exec", container, "sh", "-c", ask).partition("\n\n")[2].strip()
    except subprocess.CalledProcessError:
        return ""


def test_a_name_of_the_same_project_is_found_and_reached(cloud: Installation, mine: Project) -> None:
    assert fetched(cloud, row(cloud, mine).container, "http://web/") == "one"
    assert fetched(cloud, row(cloud, mine).container, f"http://web.{mine.name}.svc.cluster.local/") == "one"


def test_another_project_is_reached_neither_directly_nor_by_its_service(
    cloud: Installation, mine: Project, theirs: Project
) -> None:
    inside = row(cloud, mine).container
    assert fetched(cloud, inside, f"http://{row(cloud, theirs).address}:8080/") == ""
    assert fetched(cloud, inside, cloud.address(theirs)) == ""
    assert fetched(cloud, inside, f"http://web.{theirs.name}/") == ""


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_host_is_not_reached(cloud: Installation, mine: Project) -> None:
    """A server of the host's on every address: the gateway, the balancer's own address, a public one."""
    number = mine.number
    places = cloud.places
    server = subprocess.Popen(["/bin/busybox", "httpd", "-f", "-p", "0.0.0.0:28999", "-h", "/etc"])
    try:
        gateway = places.replicas_subnet(number).replace("0/24", "1")
        until(lambda: listening(28999))
        for address in (gateway, places.service_address(number, 1), places.service_address(number, 77)):
            assert fetched(cloud, row(cloud, mine).container, f"http://{address}:28999/hostname") == ""
    finally:
        server.terminate()
        server.wait()


def test_the_balancers_own_ports_are_reached_by_the_services_address_only(cloud: Installation, mine: Project) -> None:
    inside = row(cloud, mine).container
    slot = cloud.yard(mine).given[0].slot
    port = cloud.yard(mine).ground.layout.port(slot)
    assert fetched(cloud, inside, f"http://{cloud.places.service_address(mine.number, 1)}:{port}/") == ""
    assert fetched(cloud, inside, cloud.address(mine)) == "one"


def test_a_bystander_on_a_bridge_nobody_isolates_reaches_no_project(
    cloud: Installation, mine: Project, bystander: str
) -> None:
    assert fetched(cloud, bystander, f"http://{row(cloud, mine).address}:8080/") == ""
    own = cloud.podman("inspect", "--format", "{{.NetworkSettings.IPAddress}}", bystander)
    assert fetched(cloud, bystander, f"http://{own}:8080/") == "one"
    assert fetched(cloud, row(cloud, mine).container, f"http://{own}:8080/") == ""


def test_the_walls_are_put_up_again_when_somebody_takes_them_down(
    cloud: Installation, mine: Project, theirs: Project
) -> None:
    subprocess.run(["nft", "delete", "table", "inet", cloud.places.table], check=True)
    keeper = cloud.keeper
    assert keeper is not None
    until(keeper.walls.standing)
    assert fetched(cloud, row(cloud, mine).container, cloud.address(theirs)) == ""
    until(lambda: fetched(cloud, row(cloud, mine).container, cloud.address(mine)) == "one")


def test_a_container_has_no_rights_and_no_way_to_get_any(cloud: Installation, mine: Project) -> None:
    status = cloud.podman("exec", row(cloud, mine).container, "cat", "/proc/self/status")
    said = dict(line.split(":", 1) for line in status.splitlines())
    assert said["CapEff"].strip() == said["CapBnd"].strip() == "0" * 16
    assert said["NoNewPrivs"].strip() == "1"
    assert said["Seccomp"].strip() == "2"
    assert said["Uid"].split()[0] == "65532"


def test_it_sees_neither_processes_nor_files_of_others(cloud: Installation, mine: Project) -> None:
    inside = row(cloud, mine).container
    assert "/sbin/init" not in cloud.podman("exec", inside, "ps")
    assert str(cloud.folder) not in cloud.podman("exec", inside, "ls", "/")
    mounts = [line.split() for line in cloud.podman("exec", inside, "cat", "/proc/mounts").splitlines()]
    assert [words[3].split(",")[0] for words in mounts if words[1] == "/etc/hosts"] == ["ro"]
    assert not [words[1] for words in mounts if words[1].startswith(("/run/podman", "/sys/fs/cgroup/memory/yunyue"))]


def test_a_bomb_of_processes_ends_at_its_limit(cloud: Installation, mine: Project) -> None:
    group = cloud.yard(mine).replicas[row(cloud, mine).name].cgroup
    found = list((Path("/sys/fs/cgroup/pids") / group.lstrip("/")).rglob("pids.max"))
    assert "512" in {one.read_text().strip() for one in found}


def test_a_bomb_set_off_inside_leaves_the_others_alone(cloud: Installation, mine: Project, theirs: Project) -> None:
    """Processes without end, all memory and all of a processor: its own limits stop it, the neighbour answers on."""
    bomb = "for n in $(seq 600); do sleep 20 & done 2>&1 | tail -1; while true; do :; done & tail /dev/zero & wait"
    inside = ["exec", "-d", row(cloud, mine).container, "sh", "-c", bomb]
    cloud.podman(*inside)
    url = cloud.address(theirs)
    for _ in range(20):
        assert requests.get(url, timeout=5).status_code == 200
    cloud.complete(theirs)
    found = cloud.engine.replicas(theirs)
    assert not isinstance(found, Refused)
    assert [one.restarts for one in found] == [0] * len(found)
    assert not isinstance(cloud.engine.restart(mine, "deploy", "web", "a"), Refused)
    cloud.complete(mine)


def test_a_network_policy_lets_in_only_who_it_names(cloud: Installation, mine: Project) -> None:
    cloud.apply(mine, deployment("friend", 1) + deployment("stranger", 1) + POLICY)
    for name in ("friend", "stranger"):
        cloud.complete(mine, name)
    rows = {one.row.workload: one.row for one in cloud.yard(mine).replicas.values()}
    url = f"http://{rows['web'].address}:8080/"
    until(lambda: fetched(cloud, rows["stranger"].container, url) == "")
    assert fetched(cloud, rows["friend"].container, url) == "one"
    assert not isinstance(cloud.engine.delete(mine, "netpol", "web", "a"), Refused)
    until(lambda: fetched(cloud, rows["stranger"].container, url) == "one")


POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: friend}}}]
    ports: [{port: 8080}]
"""
