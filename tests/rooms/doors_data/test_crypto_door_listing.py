"""The LIST verb, which the parser of HTTP does not know, is understood however the network cuts it."""

import asyncio
from typing import Any

import pytest
from door_cast import run
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from yunyue.doors.data.crypto import ListingProtocol


class Wire(asyncio.Transport):
    """The network's side of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


LIST = b"LIST /v1/keys HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\n"
BODY = b"LIST /not-a-request HTTP/1"


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ([LIST], ["GET /v1/keys?list=true"]),
        ([LIST.replace(b"keys", b"keys?a=b")], ["GET /v1/keys?a=b&list=true"]),
        ([LIST[:3], LIST[3:]], ["GET /v1/keys?list=true"]),
        ([LIST[:20], LIST[20:]], ["GET /v1/keys?list=true"]),
        ([bytes([byte]) for byte in LIST], ["GET /v1/keys?list=true"]),
        ([LIST, LIST], ["GET /v1/keys?list=true"] * 2),
        ([POST, BODY, LIST], ["POST /v1/x?", "GET /v1/keys?list=true"]),
        ([POST + BODY, LIST], ["POST /v1/x?", "GET /v1/keys?list=true"]),
        ([b"GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"], ["GET /v1/x?"]),
        ([b"LINK /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"], ["LINK /v1/x?"]),
    ],
)
def test_the_list_verb_becomes_a_get_however_it_is_cut(pieces: list[bytes], wanted: list[str]) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        seen.append(f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def work() -> None:
        config = Config(app, http=ListingProtocol, lifespan="off", log_config=None, access_log=False)
        config.load()
        wire = Wire()
        protocol = ListingProtocol(config, ServerState(), {}, asyncio.get_running_loop())
        protocol.connection_made(wire)
        for piece in pieces:
            protocol.data_received(piece)
            for _ in range(5):
                await asyncio.sleep(0)
        protocol.connection_lost(None)

    run(work)
    assert seen == wanted
