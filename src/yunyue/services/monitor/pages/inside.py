"""The program inside the browser's sandbox: it starts chromium, has it visit one page, and writes down what it saw.

It stands alone, with the standard library only, since nothing else of this machine is shown inside. What it writes is
believed no more than the page itself. Chromium is spoken to over two pipes (Chrome DevTools Protocol 1.3), never over
a port. `python -I -S inside.py '<request as JSON>'` writes /out/visit.json.
"""

import asyncio
import base64
import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

OUT: Final = Path("/out")
LARGEST_MESSAGE: Final = 64 << 20
QUIET_SECONDS: Final = 0.5
LATE_GRACE: Final = 2
"""Seconds to look at a page that did not load in time; a browser that is busy for ever says nothing then either."""

MOST_HEIGHT: Final = 3_000
MOST_NODES: Final = 60_000
MOST_REQUESTS: Final = 2_000

FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--metrics-recording-only",
    "--no-pings",
    "--mute-audio",
    "--disable-site-isolation-trials",
    "--password-store=basic",
    "--use-mock-keychain",
    "--hide-scrollbars",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-breakpad",
    "--no-zygote",
    "--disable-features=IsolateOrigins,site-per-process,Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider",
    "--js-flags=--max-old-space-size=256",
    "--user-data-dir=/tmp/profile",
    "--remote-debugging-pipe",
    "--lang=zh-CN",
)

ENVIRONMENT: Final = {"HOME": "/tmp", "PATH": "/usr/bin:/bin", "TZ": "Asia/Shanghai", "LANG": "C.UTF-8"}  # noqa: S108 - the sandbox's own

Said = dict[str, Any]


class Browser:
    """Chromium at the other end of two pipes: `ask` for something, `hear` what happens."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._asked: dict[int, asyncio.Future[Said]] = {}
        self.hear: Callable[[str, Said], None] = lambda _name, _said: None

    async def ask(self, method: str, session: str = "", **values: object) -> Said:
        """The answer. Raises RuntimeError when it is an error."""
        number = len(self._asked) + 1
        message: Said = {"id": number, "method": method, "params": values}
        if session:
            message["sessionId"] = session
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(message).encode() + b"\0")
        return await self._asked[number]

    async def listen(self) -> None:
        """Take in what chromium says until it ends."""
        with contextlib.suppress(EOFError):
            while True:
                said = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                waiting = self._asked.get(said.get("id", 0))
                if waiting is None:
                    self.hear(said.get("method", ""), said.get("params", {}))
                elif not waiting.done() and "error" in said:
                    waiting.set_exception(RuntimeError(str(said["error"])))
                elif not waiting.done():
                    waiting.set_result(said.get("result", {}))


class Watching:
    """What happens while a page loads: its requests, its life, and when it last was busy."""

    def __init__(self) -> None:
        self.requests: list[Said] = []
        self.open: dict[str, Said] = {}
        self.count = 0
        self.parsed = self.loaded = -1.0
        self.busy = asyncio.get_running_loop().time()
        self.began = 0.0
        self.crashed = False
        self.page = ""
        self.broken = ""

    def hear(self, name: str, said: Said) -> None:
        """An event of chromium."""
        match name:
            case "Network.requestWillBeSent":
                self._sent(said)
            case "Network.responseReceived" if said["requestId"] in self.open:
                self._answered(self.open[said["requestId"]], said["response"])
            case "Network.loadingFinished":
                self._ended(said, "", said.get("encodedDataLength", 0))
            case "Network.loadingFailed":
                self._ended(said, said.get("blockedReason") or said.get("errorText") or "failed", 0)
            case "Page.domContentEventFired":
                self.parsed = said["timestamp"]
            case "Page.loadEventFired":
                self.loaded = said["timestamp"]
            case "Inspector.targetCrashed":
                self.crashed = True

    def _sent(self, said: Said) -> None:
        url = said["request"]["url"]
        if not url.startswith(("http:", "https:", "ws:", "wss:")):
            return
        self.busy = asyncio.get_running_loop().time()
        self.began = self.began or said["timestamp"]
        self.page = self.page or said["requestId"]
        before = self.open.get(said["requestId"])
        if before is not None and "redirectResponse" in said:
            self._answered(before, said["redirectResponse"])
            before["end"] = said["timestamp"]
            before["size"] = said["redirectResponse"].get("encodedDataLength", 0)
        self.count += 1
        made = {
            "url": url[:2048],
            "method": said["request"]["method"],
            "kind": said.get("type", ""),
            "at": said["timestamp"],
        }
        self.open[said["requestId"]] = made
        if len(self.requests) < MOST_REQUESTS:
            self.requests.append(made)

    @staticmethod
    def _answered(made: Said, response: Said) -> None:
        made["status"] = response["status"]
        made["address"] = response.get("remoteIPAddress", "")
        made["timing"] = response.get("timing")
        made["ends"] = (response.get("securityDetails") or {}).get("validTo", 0)
        made["connection"] = response.get("connectionId", 0)

    def _ended(self, said: Said, error: str, size: int) -> None:
        made = self.open.pop(said["requestId"], None)
        self.busy = asyncio.get_running_loop().time()
        if made is not None:
            made |= {"end": said["timestamp"], "error": error, "size": size}
        if said["requestId"] == self.page:
            self.broken = error


async def relay() -> int:
    """A port in here that leads to the guard's socket, since chromium takes no other kind of way out."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guard_reader, guard_writer = await asyncio.open_unix_connection(str(OUT / "guard"))
        ways = (asyncio.create_task(carry(reader, guard_writer)), asyncio.create_task(carry(guard_reader, writer)))
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        if not ways[1].done():
            await asyncio.wait((ways[1],))
        for one in (writer, guard_writer):
            one.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything from one side to the other."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def start(asked: Said, port: int) -> Browser:
    """Chromium with its only way out at that port."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    flags = [
        *FLAGS,
        f"--proxy-server=socks5://127.0.0.1:{port}",
        "--proxy-bypass-list=<-loopback>",
        f"--window-size={asked['width']},{asked['height']}",
    ]
    if asked["trusted_key"]:
        flags.append(f"--ignore-certificate-errors-spki-list={asked['trusted_key']}")
    spawn(
        [asked["chromium"], *flags],
        fcntl.fcntl(theirs_in, fcntl.F_DUPFD, 10),
        fcntl.fcntl(theirs_out, fcntl.F_DUPFD, 10),
    )
    os.close(theirs_in)
    os.close(theirs_out)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LARGEST_MESSAGE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb", 0))
    way, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(ours_out, "wb", 0))
    return Browser(reader, asyncio.StreamWriter(way, protocol, None, loop))


def spawn(command: list[str], reads: int, writes: int) -> None:
    """Start chromium, which reads what it is asked at descriptor 3 and answers at 4."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    ends = ((nowhere, 0), (nowhere, 1), (nowhere, 2), (reads, 3), (writes, 4))
    os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=[(os.POSIX_SPAWN_DUP2, *one) for one in ends])
    for one in (nowhere, reads, writes):
        os.close(one)


async def visit(asked: Said) -> Said:
    """What was seen of the page within the time that is given."""
    browser = await start(asked, await relay())
    watching = Watching()

    def hear(name: str, said: Said) -> None:
        if name == "Page.javascriptDialogOpening":
            answers.add(asyncio.create_task(browser.ask("Page.handleJavaScriptDialog", session, accept=False)))
        watching.hear(name, said)

    answers: set[asyncio.Task[Said]] = set()
    browser.hear = hear
    listening = asyncio.create_task(browser.listen())
    target = (await browser.ask("Target.createTarget", url="about:blank"))["targetId"]
    session = (await browser.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
    for domain in ("Network", "Page", "Inspector"):
        await browser.ask(f"{domain}.enable", session)
    await browser.ask("Browser.setDownloadBehavior", behavior="deny")
    await browser.ask("Network.setBypassServiceWorker", session, bypass=True)
    await browser.ask("Page.setWebLifecycleState", session, state="active")
    size = {"width": asked["width"], "height": asked["height"]}
    await browser.ask("Emulation.setDeviceMetricsOverride", session, deviceScaleFactor=1, mobile=False, **size)
    version = (await browser.ask("Browser.getVersion"))["product"]
    late = False
    went: Said = {}
    try:
        async with asyncio.timeout(asked["seconds"]):
            went = await browser.ask("Page.navigate", session, url=asked["url"])
            if not went.get("errorText"):
                await settled(watching, listening)
    except TimeoutError:
        late = True
    seen: Said = {
        "error": went.get("errorText", "") or watching.broken,
        "late": late,
        "crashed": watching.crashed,
        "browser": version,
    }
    if went and not seen["error"] and not watching.crashed:
        with contextlib.suppress(RuntimeError, TimeoutError):
            async with asyncio.timeout(LATE_GRACE if late else asked["grace"]):
                seen |= await look(browser, session, asked)
    seen |= {"requests": watching.requests, "count": watching.count, "began": watching.began}
    seen |= {"parsed": watching.parsed, "loaded": watching.loaded}
    return seen


async def settled(watching: Watching, listening: "asyncio.Task[None]") -> None:
    """Returns when the page is loaded and has asked for nothing for a while, or chromium is gone."""
    loop = asyncio.get_running_loop()
    while not watching.crashed and not listening.done():
        quiet = not watching.open and loop.time() - watching.busy >= QUIET_SECONDS
        if quiet and (watching.loaded > 0 or watching.broken):
            return
        await asyncio.sleep(0.05)


async def look(browser: Browser, session: str, asked: Said) -> Said:
    """The page as it stands: where we are, its structure and its picture. No script of ours runs among the page's."""
    history = await browser.ask("Page.getNavigationHistory", session)
    here = history["entries"][history["currentIndex"]]
    root = (await browser.ask("DOM.getDocument", session, depth=-1, pierce=True))["root"]
    sizes = await browser.ask("Page.getLayoutMetrics", session)
    height = max(asked["height"], min(MOST_HEIGHT, int(sizes["cssContentSize"]["height"])))
    clip = {"x": 0, "y": 0, "width": asked["width"], "height": height, "scale": 1}
    nodes: list[list[object]] = []
    flatten(root, 0, nodes)
    found: Said = {"landed": here["url"][:2048], "title": here["title"][:500], "nodes": nodes}
    shot = await browser.ask(
        "Page.captureScreenshot", session, format="png", clip=clip, captureBeyondViewport=True, fromSurface=True
    )
    return found | {"picture": shot["data"]}


def flatten(node: Said, depth: int, found: list[list[object]]) -> None:
    """Elements as [depth, name, {attributes}] and texts as [depth, "#text", text], in the order of the document."""
    if len(found) >= MOST_NODES or depth > 200:
        return
    match node["nodeType"]:
        case 1:
            given = node.get("attributes", [])
            found.append([depth, node["nodeName"].lower()[:100], dict(zip(given[::2], given[1::2], strict=True))])
        case 3 if node["nodeValue"].strip():
            found.append([depth, "#text", node["nodeValue"][:20_000]])
    roots = [one for one in node.get("shadowRoots", ()) if one.get("shadowRootType") != "user-agent"]
    inner = [*roots, *node.get("children", ())]
    if "contentDocument" in node:
        inner.append(node["contentDocument"])
    for one in inner:
        flatten(one, depth + 1, found)


def main(request: str) -> None:
    """Visit, and write down."""
    seen = asyncio.run(visit(json.loads(request)))
    picture = seen.pop("picture", "")
    if picture:
        (OUT / "picture.png").write_bytes(base64.b64decode(picture))
    (OUT / "visit.json").write_text(json.dumps(seen))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
