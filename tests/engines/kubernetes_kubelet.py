"""A stand-in for a node: brings pods to life in the words of the API, and answers what an API server asks a node.

No container runs: a pod is ready because this says so. An image whose name has `missing` is not found; a command with
`exit 3` ends with that, again and again where pods are kept running. Lines, commands and ports are real streams: the
lines of a text, a program of this machine, a connection to this machine.
"""

import asyncio
import contextlib
import json
import re
import ssl
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from aiohttp import WSMsgType, web

Json = dict[str, Any]
MERGE = {"Content-Type": "application/merge-patch+json"}
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
NODE = "node-1"
ENDS = re.compile(r"\bexit (\d+)")
EXEC_PROTOCOL = "v4.channel.k8s.io"


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Kubelet:
    """One node at an address of this machine, for as long as it is started."""

    def __init__(self, server: str, tls: ssl.SSLContext, address: str, own: ssl.SSLContext) -> None:
        self.client = httpx2.AsyncClient(base_url=server, verify=tls, trust_env=False, timeout=10)
        self.address = address
        self._own = own
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="kubelet", daemon=True)
        self._task: asyncio.Task[None] | None = None
        self._started: dict[str, Json] = {}
        self.used_seconds = 0.0
        self.trouble: list[str] = []
        self.frozen = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(20)

    def _run(self) -> None:
        self._task = self._loop.create_task(self._live())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        # Connections that were told to close do so in the loop's next rounds.
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()

    async def _live(self) -> None:
        app = web.Application()
        app.router.add_get("/metrics/resource", self.metrics)
        app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", self.lines)
        app.router.add_get("/exec/{namespace}/{pod}/{container}", self.exec)
        app.router.add_get("/portForward/{namespace}/{pod}", self.forward)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, self.address, 0, ssl_context=self._own)
        await site.start()
        page = web.Application()
        page.router.add_get("/", _page)
        pages = web.AppRunner(page, shutdown_timeout=1)
        await pages.setup()
        await web.TCPSite(pages, self.address, 8080).start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # the port that 0 became
        try:
            await self._register(port)
            last = 0.0
            while True:
                if time.monotonic() - last > 5:
                    await self._beat(port)
                    last = time.monotonic()
                if not self.frozen.is_set():
                    await self._look()
                await asyncio.sleep(0.1)
        finally:
            await runner.cleanup()
            await pages.cleanup()
            await self.client.aclose()

    async def _register(self, port: int) -> None:
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE, "labels": {"kubernetes.io/os": "linux"}}}
        await self.client.post("/api/v1/nodes", json=node)

    async def _beat(self, port: int) -> None:
        room = {"cpu": "64", "memory": "128Gi", "pods": "500"}
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": stamp()}
        status = {
            "capacity": room,
            "allocatable": room,
            "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": self.address}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        }
        with contextlib.suppress(httpx2.HTTPError):
            await self.client.patch(f"/api/v1/nodes/{NODE}/status", json={"status": status}, headers=STRATEGIC)
            await self.client.patch(f"/api/v1/nodes/{NODE}", json={"spec": {"taints": None}}, headers=MERGE)

    async def _look(self) -> None:
        with contextlib.suppress(httpx2.HTTPError, ValueError):
            found = (await self.client.get("/api/v1/pods", params={"fieldSelector": f"spec.nodeName={NODE}"})).json()
            for pod in found.get("items") or ():
                await self._tend(pod)

    async def _tend(self, pod: Json) -> None:
        metadata, status = pod["metadata"], pod.get("status") or {}
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        if metadata.get("deletionTimestamp"):
            await self._end(pod, path)
        elif status.get("phase") == "Pending" and not status.get("containerStatuses"):
            await self._say(path, self._born(pod))
        elif status.get("phase") == "Running" and _ends(pod) is not None and not _kept(pod):
            await self._say(path, self._done(pod, _ends(pod) or 0))

    async def _say(self, path: str, status: Json) -> None:
        answer = await self.client.patch(f"{path}/status", json={"status": status}, headers=MERGE)
        if answer.status_code >= 400 and answer.status_code != 404:
            self.trouble.append(answer.text)

    def _born(self, pod: Json) -> Json:
        now, image = stamp(), _image(pod)
        state: Json = {"running": {"startedAt": now}}
        ready, restarts, last = "True", 0, {}
        if "missing" in image:
            message = f'rpc error: code = NotFound desc = failed to pull "{image}": manifest unknown'
            state, ready = {"waiting": {"reason": "ImagePullBackOff", "message": message}}, "False"
        code = _ends(pod)
        if code is not None and _kept(pod):
            ended = {"exitCode": code, "reason": "Error", "startedAt": now, "finishedAt": now}
            state, ready, restarts = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}, "False", 1
            last = {"terminated": ended}
        running = "running" in state or bool(last)
        kinds = {"Initialized": "True", "Ready": ready, "ContainersReady": ready, "PodScheduled": "True"}
        conditions = [{"type": kind, "status": value, "lastTransitionTime": now} for kind, value in kinds.items()]
        return {
            "phase": "Running" if running else "Pending",
            "podIP": self.address,
            "podIPs": [{"ip": self.address}],
            "hostIP": self.address,
            "startTime": now,
            "conditions": conditions,
            "containerStatuses": [_status(pod, state, ready=ready == "True", restarts=restarts, last=last)],
        }

    def _done(self, pod: Json, code: int) -> Json:
        began = pod["status"]["containerStatuses"][0]["state"].get("running", {}).get("startedAt", stamp())
        ended = {
            "exitCode": code,
            "reason": "Error" if code else "Completed",
            "startedAt": began,
            "finishedAt": stamp(),
        }
        conditions = [
            {**one, "status": "False"} if "Ready" in one["type"] else one for one in pod["status"]["conditions"]
        ]
        return {
            "phase": "Failed" if code else "Succeeded",
            "conditions": conditions,
            "containerStatuses": [_status(pod, {"terminated": ended}, ready=False)],
        }

    async def _end(self, pod: Json, path: str) -> None:
        if pod["metadata"].get("deletionGracePeriodSeconds") == 0:
            return
        if pod["status"].get("phase") == "Running" and "running" in _state(pod):
            await self._say(path, {**self._done(pod, 0), "phase": "Running"})
        await self.client.request("DELETE", path, json={"gracePeriodSeconds": 0})

    async def metrics(self, _: web.Request) -> web.Response:
        """What a node says of its containers: each used so many seconds."""
        found = (await self.client.get("/api/v1/pods")).json()
        lines = []
        for pod in found.get("items") or ():
            metadata, container = pod["metadata"], pod["spec"]["containers"][0]["name"]
            labels = f'container="{container}",namespace="{metadata["namespace"]}",pod="{metadata["name"]}"'
            lines.append(f"container_cpu_usage_seconds_total{{{labels}}} {self.used_seconds} 1600000000000")
            lines.append(f"container_memory_working_set_bytes{{{labels}}} 1.048576e+07 1600000000000")
        return web.Response(text="\n".join(lines) + "\n")

    async def lines(self, request: web.Request) -> web.Response:
        pod = request.match_info["pod"]
        text = [f"{stamp()} {pod} line {number}" for number in (1, 2, 3)]
        tail = int(request.query.get("tailLines") or 3)
        return web.Response(text="\n".join(text[-tail:]) + "\n")

    async def exec(self, request: web.Request) -> web.WebSocketResponse:
        """A program of this machine, over channels."""
        socket = web.WebSocketResponse(protocols=(EXEC_PROTOCOL,))
        await socket.prepare(request)
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(
            *request.query.getall("command"), stdin=pipe, stdout=pipe, stderr=pipe
        )
        assert program.stdout is not None
        assert program.stderr is not None
        typing = asyncio.create_task(_typed(socket, program))
        await asyncio.gather(_told(socket, 1, program.stdout), _told(socket, 2, program.stderr))
        code = await program.wait()
        status: Json = {"status": "Success"}
        if code:
            cause = {"reason": "ExitCode", "message": str(code)}
            status = {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}}
        await socket.send_bytes(b"\x03" + json.dumps(status).encode())
        typing.cancel()
        await socket.close()
        return socket

    async def forward(self, request: web.Request) -> web.WebSocketResponse:
        """A connection to this machine, over channels; the first message of each repeats the port."""
        socket = web.WebSocketResponse(protocols=(EXEC_PROTOCOL,))
        await socket.prepare(request)
        port = int(request.query["port"])
        for channel in (b"\x00", b"\x01"):
            await socket.send_bytes(channel + port.to_bytes(2, "little"))
        try:
            reader, writer = await asyncio.open_connection(self.address, port)
        except OSError as error:
            await socket.send_bytes(b"\x01" + str(error).encode())
            await socket.close()
            return socket
        telling = asyncio.create_task(_told(socket, 0, reader))
        async for message in socket:
            if message.type == WSMsgType.BINARY and message.data[:1] == b"\x00":
                writer.write(message.data[1:])
                await writer.drain()
        telling.cancel()
        writer.close()
        return socket


async def _typed(socket: web.WebSocketResponse, program: asyncio.subprocess.Process) -> None:
    assert program.stdin is not None
    async for message in socket:
        if message.type != WSMsgType.BINARY or message.data[:1] != b"\x00":
            continue
        if message.data[1:] == b"\x04":
            program.stdin.close()
            continue
        program.stdin.write(message.data[1:])
        await program.stdin.drain()


async def _told(socket: web.WebSocketResponse, channel: int, reader: asyncio.StreamReader) -> None:
    while piece := await reader.read(4096):
        await socket.send_bytes(bytes([channel]) + piece)


async def _page(_: web.Request) -> web.Response:
    return web.Response(text="one\n")


def _image(pod: Json) -> str:
    return str(pod["spec"]["containers"][0]["image"])


def _kept(pod: Json) -> bool:
    """Whether a container that ended is begun again."""
    return bool(pod["spec"].get("restartPolicy", "Always") == "Always")


def _ends(pod: Json) -> int | None:
    """The status a pod's command ends with by itself; None of one that runs on."""
    found = ENDS.search(" ".join(pod["spec"]["containers"][0].get("command") or ()))
    return int(found[1]) if found is not None else None


def _state(pod: Json) -> Json:
    found: Json = (pod["status"].get("containerStatuses") or [{}])[0].get("state") or {}
    return found


def _status(pod: Json, state: Json, *, ready: bool, restarts: int = 0, last: Json | None = None) -> Json:
    return {
        "name": pod["spec"]["containers"][0]["name"],
        "image": _image(pod),
        "imageID": "",
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        "lastState": last or {},
    }


def own_tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the node shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
