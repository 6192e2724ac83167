"""Runs the crypto service alone: crypto_server.py FOLDER PORT [development] [pkcs11:…]: another process of a test."""

import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from yunyue.doors.data.crypto import CryptoDoor, ListingProtocol
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.vaults import Arrangement, arrange, vault_at


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    """Behind the door: nothing."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def main() -> None:
    """Serve until stopped."""
    folder = Path(sys.argv[1])
    arrange(folder, Arrangement(seal=next((one for one in sys.argv if one.startswith("pkcs11:")), "")))
    vault = vault_at(folder, SystemClock(), development="development" in sys.argv)
    door = CryptoDoor(vault, nobody)
    uvicorn.run(
        door, host="127.0.0.1", port=int(sys.argv[2]), http=ListingProtocol, log_level="warning", access_log=False
    )


if __name__ == "__main__":
    main()
