"""A client for programs of departments: encrypts fields, files and streams, and searches without decrypting.

Only the standard library underneath, so that a program needs nothing else to talk to the vault.
"""

import http.client
import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from yunyue.answer import Refused
from yunyue.services.crypto.envelope import open_stream, seal_stream

TIMEOUT_SECONDS: Final = 30
LARGEST_ANSWER: Final = 64 << 20


class Client:
    """One key space. `address` such as https://cloud.example; `mount` where the keys hang, without /v1/."""

    def __init__(self, address: str, token: str, mount: str = "transit") -> None:
        self._parts = urlsplit(address)
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ValueError(f"an address begins with http:// or https://, not {address!r}")
        self._token = token
        self._mount = mount.strip("/")

    def key(self, name: str) -> "Key":
        """The key of that name."""
        return Key(self, name)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Refused:
        """What the vault answers under "data". Refused: its own reason; or nobody answers."""
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT_SECONDS)
        headers = {"X-Vault-Token": self._token, "Content-Type": "application/json"}
        try:
            connection.request("POST", quote(f"/v1/{self._mount}/{path}"), json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read(LARGEST_ANSWER)
            answer = json.loads(content) if content else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Refused(f"the vault does not answer: {error}", "address")
        finally:
            connection.close()
        if response.status >= 400:
            return Refused("; ".join(answer.get("errors") or [f"status {response.status}"]), path)
        found: dict[str, Any] = answer.get("data") or {}
        return found


class Key:
    """One key of a key space. Texts are octets; `bound` is authenticated with them, such as a row's identity."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    def encrypt(self, text: bytes, bound: bytes = b"") -> str | Refused:
        """The ciphertext as transit writes it."""
        return self._asked("encrypt", "ciphertext", plaintext=_text(text), associated_data=_text(bound))

    def decrypt(self, ciphertext: str, bound: bytes = b"") -> bytes | Refused:
        """What was encrypted."""
        shown = self._asked("decrypt", "plaintext", ciphertext=ciphertext, associated_data=_text(bound))
        return shown if isinstance(shown, Refused) else b64decode(shown)

    def index(self, value: bytes, column: str) -> str | Refused:
        """A blind index: equal values of a column give equal indexes, so a program finds a row without decrypting any.

        It shows which rows are equal, and how often a value occurs; use it where that may be known.
        """
        code = self._asked("hmac", "hmac", input=_text(len(column).to_bytes(2, "big") + column.encode() + value))
        return code if isinstance(code, Refused) else code.rsplit(":", 1)[1]

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        """A data key of 16, 32 or 64 octets, and the same sealed."""
        made = self._client.post(f"datakey/plaintext/{self._name}", {"bits": octets * 8})
        return made if isinstance(made, Refused) else (b64decode(made["plaintext"]), str(made["ciphertext"]))

    def open(self, sealed: str) -> bytes | Refused:
        """The data key behind."""
        return self.decrypt(sealed)

    def encrypt_file(self, source: Path, target: Path, cipher: str = "sm4-gcm") -> int | Refused:
        """Seals a file; `target` appears whole or not at all. How many octets were read."""
        return self._turned(source, target, lambda read, written: seal_stream(self, read, written, cipher))

    def decrypt_file(self, source: Path, target: Path) -> int | Refused:
        """Opens a sealed file; `target` appears only after its last piece was found whole."""
        return self._turned(source, target, lambda read, written: open_stream(self, read, written))

    def _turned(self, source: Path, target: Path, turn: Any) -> int | Refused:
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with source.open("rb") as read, os.fdopen(descriptor, "wb", buffering=0) as written:
                done: int | Refused = turn(read, written)
                if not isinstance(done, Refused):
                    os.fsync(written.fileno())
            if not isinstance(done, Refused):
                draft.rename(target)
            return done
        finally:
            draft.unlink(missing_ok=True)

    def _asked(self, verb: str, field: str, **body: Any) -> str | Refused:
        answer = self._client.post(f"{verb}/{self._name}", {name: value for name, value in body.items() if value != ""})
        return answer if isinstance(answer, Refused) else str(answer[field])


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
