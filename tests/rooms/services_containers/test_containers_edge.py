"""What reaches in: Ingress with TLS, shells, forwarded ports, and more replicas when the load asks for them."""

import asyncio
import base64
import ssl
import subprocess
from pathlib import Path

import pytest
import requests
from podman_cast import Installation, deployment, service
from wishing import until

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow
from yunyue.services.containers.project.project import Project

INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door}
spec:
  tls: [{hosts: [shop.example], secretName: shop}]
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /index.html, pathType: Exact, backend: {service: {name: other, port: {number: 80}}}}
---
"""


def ports(cloud: Installation, project: Project) -> tuple[int, int]:
    found = cloud.engine.get(project, "ing", "door")
    assert not isinstance(found, Refused)
    plain, secure = dict(found[0].details)["ports"].split(", ")
    return int(plain), int(secure)


def certificate(folder: Path) -> tuple[str, bytes, bytes]:
    key, crt = folder / "key", folder / "crt"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=shop.example"
    subprocess.run(
        ["openssl", *words.split(), "-addext", "subjectAltName=DNS:shop.example", "-keyout", key, "-out", crt],
        check=True,
        capture_output=True,
    )
    return str(crt), crt.read_bytes(), key.read_bytes()


def secret(crt: bytes, key: bytes) -> str:
    held = {"tls.crt": base64.b64encode(crt).decode(), "tls.key": base64.b64encode(key).decode()}
    inner = ", ".join(f'"{name}": "{value}"' for name, value in held.items())
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: shop}}\ntype: kubernetes.io/tls\ndata: {{{inner}}}\n---\n"


def get(port: int, path: str, host: str = "shop.example") -> tuple[int, str]:
    answer = requests.get(f"http://127.0.0.1:{port}{path}", headers={"Host": host}, timeout=5)
    return answer.status_code, answer.text.strip()


def test_hosts_and_paths_lead_to_their_services_and_tls_shows_the_certificate(
    cloud: Installation, project: Project, tmp_path: Path
) -> None:
    file, crt, key = certificate(tmp_path)
    both = service() + deployment(replicas=1) + service("other") + deployment("other", 1, "localhost/web:2")
    cloud.apply(project, secret(crt, key) + INGRESS + both)
    for name in ("web", "other"):
        cloud.complete(project, name)
    plain, secure = ports(cloud, project)
    until(lambda: get(plain, "/")[0] == 200)
    assert get(plain, "/") == (200, "one")
    assert get(plain, "/index.html") == (200, "two")
    assert get(plain, "/index.html/deeper")[0] == 404
    assert get(plain, "/", "stranger.example") == (404, "no such host or path")
    context = ssl.create_default_context(cafile=file)

    async def shown() -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", secure, ssl=context, server_hostname="shop.example")
        writer.write(b"GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n")
        text = (await reader.read(-1)).decode()
        writer.close()
        return text

    assert asyncio.run(shown()).endswith("one\n")


def test_a_command_runs_in_a_replica_with_its_input_and_its_status(cloud: Installation, project: Project) -> None:
    cloud.apply(project, deployment(replicas=1))
    cloud.complete(project)

    async def ran(command: Command, typed: bytes = b"") -> tuple[str, int]:
        shell = await cloud.engine.exec(project, "web-1", command)
        assert not isinstance(shell, Refused)
        if typed:
            await shell.write(typed)
            await shell.end_input()
        said = b""
        while piece := await shell.read():
            said += piece
        status = await shell.status()
        await shell.close()
        return said.decode(), status

    assert asyncio.run(ran(Command(("sh", "-c", "echo out; echo err >&2; exit 7")))) == ("out\nerr\n", 7)
    assert asyncio.run(ran(Command(("cat",)), b"typed\n")) == ("typed\n", 0)
    said, status = asyncio.run(ran(Command(("sh", "-c", "stty size"), terminal=True, rows=33, columns=99)))
    assert (said.strip(), status) == ("33 99", 0)


def test_a_command_that_is_not_there_is_refused(cloud: Installation, project: Project) -> None:
    cloud.apply(project, deployment(replicas=1))
    cloud.complete(project)
    ghost = asyncio.run(cloud.engine.exec(project, "ghost-1", Command(("ls",))))
    assert ghost == Refused("there is no running replica 'ghost-1'", "replica", "C37")

    async def status() -> int | Refused:
        shell = await cloud.engine.exec(project, "web-1", Command(("/no/such/program",)))
        if isinstance(shell, Refused):
            return shell
        while await shell.read():
            pass
        found = await shell.status()
        await shell.close()
        return found

    found = asyncio.run(status())
    assert isinstance(found, Refused) or found in (126, 127)


@pytest.mark.parametrize("target", ["web-1:8080", "service/web:80"])
def test_a_port_is_forwarded(cloud: Installation, project: Project, target: str) -> None:
    cloud.apply(project, service() + deployment(replicas=1))
    cloud.complete(project)
    name, _, port = target.rpartition(":")

    async def asked() -> bytes:
        tunnel = await cloud.engine.forward(project, name, int(port))
        assert not isinstance(tunnel, Refused)
        await tunnel.write(b"GET / HTTP/1.0\r\n\r\n")
        said = b""
        while piece := await tunnel.read():
            said += piece
        await tunnel.close()
        return said

    assert asyncio.run(asked()).endswith(b"one\n")


def test_a_forwarded_port_ends_as_soon_as_its_client_has_no_more_to_say(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=1))
    cloud.complete(project)

    async def left() -> None:
        tunnel = await cloud.engine.forward(project, "service/web", 80)
        assert not isinstance(tunnel, Refused)
        await tunnel.end_input()
        async with asyncio.timeout(10):
            while await tunnel.read():
                pass
        await tunnel.close()

    asyncio.run(left())


def test_a_port_nobody_has_is_refused(cloud: Installation, project: Project) -> None:
    for name, port in (("ghost", 80), ("service/ghost", 80), ("service/web", 0)):
        assert isinstance(asyncio.run(cloud.engine.forward(project, name, port)), Refused)


def test_lines_are_followed_as_they_come(cloud: Installation, project: Project) -> None:
    loop = "n=0; while true; do n=$((n+1)); echo line $n; sleep 0.1; done"
    words = f'command: ["/bin/sh", "-c", "httpd -p 8080 -h /www; {loop}"]'
    cloud.apply(project, deployment(replicas=1, container=words))
    cloud.complete(project)

    async def three() -> list[str]:
        found: list[str] = []
        async for line in cloud.engine.logs(project, "web-1", Follow(follow=True, tail=1)):
            found.append(line.text)
            if len(found) == 4:
                break
        return found

    numbers = [int(text.removeprefix("line ")) for text in asyncio.run(three())]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


SCALER = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}}]
---
"""


def test_a_busy_workload_gets_more_replicas_up_to_its_most(cloud: Installation, project: Project) -> None:
    busy = 'command: ["/bin/sh", "-c", "httpd -p 8080 -h /www; while true; do :; done"]'
    cloud.apply(project, SCALER + deployment(replicas=1, container=busy).replace("500m", "100m"))
    until(lambda: cloud.rollout(project).wanted == 3, 60)
    events = cloud.engine.events(project)
    assert not isinstance(events, Refused)
    assert any(one.reason == "Scaled" and "to 3 replicas" in one.message for one in events)
