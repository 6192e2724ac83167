"""How fast and how surely containers run under our loop, beside bare `podman run` in the same podman, in turns.

Run: .venv/bin/python bench/containers.py [ROUNDS]. Needs root. Loop time is the processor time of the platform's own
process (the loop and nothing else runs in it); podman's service is counted beside it.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engines"))

import msgspec
from podman_cast import Installation, deployment, installation, service
from wishing import now, until

from yunyue.answer import Refused
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.project.project import Project

PLATFORM = """
import asyncio, sys, time
from pathlib import Path
from yunyue.services.containers.podman.keeper import Keeper
asyncio.run(Keeper(Path(sys.argv[1]), lambda: time.time_ns() // 1_000_000).work())
"""
TICKS = os.sysconf("SC_CLK_TCK")
MANY = 50
CALM_SECONDS = 20.0
WHOLE = 'command: ["/bin/nc", "-ll", "-p", "8080", "-e", "/bin/answer"]'
SMALL = "localhost/web:1"
RAW = "10.88.0.200"


def processor_seconds(pid: int) -> float:
    """What a process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def answered(address: str, port: int) -> bool:
    """One request without waiting longer than it takes; whether it was a 200."""
    try:
        with socket.create_connection((address, port), timeout=0.5) as asked:
            asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return b" 200 " in asked.recv(64)
    except OSError:
        return False


def poll(address: str, port: int) -> None:
    """Every 5 ms until it answers."""
    while not answered(address, port):
        time.sleep(0.005)


def limited(name: str, address: str) -> list[str]:
    """`podman run -d` with the limits and the guard of our replicas, at an address that is known beforehand."""
    return [
        "run", "-d", "--name", name, "--network", "podman", "--ip", address,
        "--cpus=0.5", "--memory=64m", "--memory-swap=64m", "--pids-limit=512",
        "--cap-drop=all", "--security-opt=no-new-privileges", SMALL,
    ]  # fmt: skip


def raw_start(cloud: Installation, name: str) -> float:
    """Seconds from `podman run -d` to the first answer."""
    began = time.monotonic()
    cloud.podman(*limited(name, RAW))
    poll(RAW, 8080)
    took = time.monotonic() - began
    cloud.podman("rm", "-f", "-t0", name)
    return took


def our_start(cloud: Installation, project: Project, name: str) -> float:
    """Seconds from apply to the first answer of the Service."""
    began = time.monotonic()
    cloud.apply(project, service(name) + deployment(name, replicas=1))
    found = cloud.engine.get(project, "Service", name)
    assert not isinstance(found, Refused)
    address = dict(found[0].details)["address"]
    poll(address, 80)
    took = time.monotonic() - began
    for kind in ("svc", "deploy"):
        assert not isinstance(cloud.engine.delete(project, kind, name, "bench"), Refused)
    until(lambda: not [one for one in rows(cloud, project) if one.startswith(name)])
    return took


def rows(cloud: Installation, project: Project) -> list[str]:
    found = cloud.engine.replicas(project)
    assert not isinstance(found, Refused)
    return [one.name for one in found]


def starts(cloud: Installation, project: Project, rounds: int) -> None:
    pairs = [(raw_start(cloud, f"raw{index}"), our_start(cloud, project, f"our{index}")) for index in range(rounds)]
    raw, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"apply to first 200: {ours * 1000:.0f} ms; podman run -d: {raw * 1000:.0f} ms; ratio {ours / raw:.2f}")


def many(cloud: Installation, project: Project) -> None:
    """Fifty containers until each was ready, ours and by four `podman run` at a time."""

    def one(index: int) -> None:
        name = f"many{index}"
        address = RAW.replace("200", str(100 + index))
        cloud.podman(*limited(name, address))
        poll(address, 8080)

    began = time.monotonic()
    with ThreadPoolExecutor(4) as four:
        list(four.map(one, range(MANY)))
    raw = MANY / (time.monotonic() - began)
    cloud.podman("rm", "-f", "-t0", *(f"many{index}" for index in range(MANY)))
    began = time.monotonic()
    text = deployment("crowd", replicas=MANY).replace("periodSeconds: 1", "periodSeconds: 10")
    cloud.apply(project, service("crowd") + text)
    until(lambda: cloud.rollout(project, "crowd").progress == "complete", 120)
    ours = MANY / (time.monotonic() - began)
    print(f"{MANY} containers ready: {ours:.1f}/s; four podman run: {raw:.1f}/s; ratio {ours / raw:.2f}")


def calm(cloud: Installation, platform: int) -> None:
    """What it costs to look after fifty replicas to which nothing happens, with Kubernetes' default period of 10 s."""
    podman = int((cloud.places.run / "podman.pid").read_text())
    before = processor_seconds(platform), processor_seconds(podman)
    time.sleep(CALM_SECONDS)
    used = processor_seconds(platform) - before[0], processor_seconds(podman) - before[1]
    loop, service_share = (100 * one / CALM_SECONDS for one in used)
    print(f"{MANY} idle replicas: the loop {loop:.2f} % of a core, podman's service {service_share:.2f} %")


class Load:
    """Three clients that ask without a pause."""

    def __init__(self, url: tuple[str, int]) -> None:
        self.answers: Counter[bool] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=url) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def _ask(self, address: str, port: int) -> None:
        while not self._over.is_set():
            try:
                with socket.create_connection((address, port), timeout=10) as asked:
                    asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    self.answers[b" 200 " in asked.recv(64)] += 1
            except OSError:
                self.answers[False] += 1

    def end(self) -> str:
        self._over.set()
        for thread in self._threads:
            thread.join()
        return f"{self.answers[False]} of {self.answers.total()} requests failed"


def replica_pid(cloud: Installation, project: Project, name: str) -> int:
    """The process of a replica, as podman says."""
    labels = (f"label=yunyue.replica={name}", f"label=yunyue.project={project.order}")
    number = cloud.podman("ps", "-q", *(word for label in labels for word in ("--filter", label)))
    return int(cloud.podman("inspect", "--format", "{{.State.Pid}}", number))


def kills(cloud: Installation, project: Project, rounds: int) -> None:
    """kill -9 of one replica after another under load: out of the balancer, and a new one ready."""
    cloud.apply(project, service() + deployment(replicas=4, container=WHOLE))
    until(lambda: cloud.rollout(project).progress == "complete")
    load = Load((dict(shown(cloud, project))["address"], 80))
    out, replaced = [], []
    names = [one for one in rows(cloud, project) if one.startswith("web")]
    for index in range(rounds):
        name = names[index % len(names)]
        pid, before = replica_pid(cloud, project, name), phase(cloud, project, name)[1]
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        out.append(span(began, lambda name=name: phase(cloud, project, name)[0] != "ready"))  # type: ignore[misc]  # bound now
        replaced.append(
            span(began, lambda name=name, before=before: phase(cloud, project, name) == ("ready", before + 1))  # type: ignore[misc]  # bound now
        )
    print(f"killed replica: out of balance {ms(out)}, replaced {ms(replaced)}; {load.end()}")
    load = Load((dict(shown(cloud, project))["address"], 80))
    began = time.monotonic()
    cloud.apply(project, deployment(replicas=4, image="localhost/web:2", container=WHOLE))
    until(lambda: cloud.rollout(project).progress == "complete")
    print(f"rolling update of 4: {time.monotonic() - began:.1f} s; {load.end()}")


def shown(cloud: Installation, project: Project) -> tuple[tuple[str, str], ...]:
    found = cloud.engine.get(project, "Service", "web")
    assert not isinstance(found, Refused)
    return found[0].details


def phase(cloud: Installation, project: Project, name: str) -> tuple[str, int]:
    found = cloud.engine.replicas(project)
    assert not isinstance(found, Refused)
    return next((one.phase, one.restarts) for one in found if one.name == name)


def span(began: float, true: Callable[[], bool]) -> float:
    while not true():
        time.sleep(0.002)
    return time.monotonic() - began


def ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.0f} ms (worst {max(times) * 1000:.0f})"


class Platform:
    """The platform in a process of its own; `again` kills it with -9 and starts another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", PLATFORM, str(self._folder)], stderr=subprocess.DEVNULL)

    def again(self) -> None:
        self.end()
        time.sleep(3)
        self.process = self._started()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def counted(cloud: Installation, project: Project, platform: Platform) -> None:
    """The processor time we kept, beside the kernel's own count of the project, over a kill -9 of the platform."""
    group = cloud.places.project_cgroup(project.number)
    ledger, cgroups = Ledger(cloud.engine.store), Cgroups()
    platform.again()
    time.sleep(15)
    kept, kernel = ledger.used(project.order, 0, 2 * now())[0], cgroups.processor_ns(group) or 1
    print(
        f"across restarts metered {kept / 1e9:.2f} s of processors, the kernel {kernel / 1e9:.2f} s:"
        f" {100 * (kept / kernel - 1):+.2f} %"
    )


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as cloud:
        cloud.stop_keeper()
        platform = Platform(cloud.folder)
        try:
            project = made(cloud)
            starts(cloud, project, rounds)
            kills(cloud, project, rounds)
            counted(cloud, project, platform)
            many(cloud, project)
            calm(cloud, platform.process.pid)
        finally:
            platform.end()


def made(cloud: Installation) -> Project:
    wanted = msgspec.convert({"name": "bench", "vcpu": 64, "memory_gib": 64, "replicas": 100}, ProjectOrder)
    added = cloud.projects.add(Project("bench", "c1", "bureau", "bench", 0, wanted, now()))
    assert not isinstance(added, Refused)
    cloud.made += 1
    until(lambda: (cloud.places.run / "hosts" / str(added.number)).exists())
    return added


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
