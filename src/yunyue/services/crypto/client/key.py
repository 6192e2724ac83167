"""One key of a key space: single texts, batches in one request, blind indexes, files and streams."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.crypto.client import files
from yunyue.services.crypto.client.connection import Client

AT_ONCE: Final = 5_000
"""Items of one request; the vault takes 10,000."""
Bound = tuple[bytes, bytes]
"""A text, and what is authenticated with it."""


class Key:
    """Texts are octets; `bound` is authenticated with them, such as a row's identity."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name

    def encrypt(self, text: bytes, bound: bytes = b"") -> str | Refused:
        """The ciphertext as transit writes it."""
        return self._asked("encrypt", "ciphertext", plaintext=_text(text), associated_data=_text(bound))

    def decrypt(self, ciphertext: str, bound: bytes = b"") -> bytes | Refused:
        """What was encrypted."""
        shown = self._asked("decrypt", "plaintext", ciphertext=ciphertext, associated_data=_text(bound))
        return shown if isinstance(shown, Refused) else b64decode(shown)

    def encrypt_many(self, items: Sequence[Bound]) -> list[str] | Refused:
        """Ciphertexts in the order of their texts. Refused: as soon as one item is."""
        wanted = [{"plaintext": _text(text), "associated_data": _text(bound)} for text, bound in items]
        return self._many("encrypt", "ciphertext", wanted)

    def decrypt_many(self, items: Sequence[tuple[str, bytes]]) -> list[bytes] | Refused:
        """Texts in the order of their ciphertexts, each with what is bound to it. Refused: as soon as one item is."""
        wanted = [{"ciphertext": one, "associated_data": _text(bound)} for one, bound in items]
        shown = self._many("decrypt", "plaintext", wanted)
        return shown if isinstance(shown, Refused) else [b64decode(one) for one in shown]

    def rewrap_many(self, items: Sequence[tuple[str, bytes]]) -> list[str] | Refused:
        """The same texts under the key's latest version; nobody but the vault sees them."""
        wanted = [{"ciphertext": one, "associated_data": _text(bound)} for one, bound in items]
        return self._many("rewrap", "ciphertext", wanted)

    def index(self, value: bytes, column: str) -> str | Refused:
        """A blind index: equal values of a column give equal indexes, so a program finds a row without decrypting any.

        It shows which rows are equal, and how often a value occurs; use it where that may be known.
        """
        code = self._asked("hmac", "hmac", input=_text(_of_column(value, column)))
        return code if isinstance(code, Refused) else code.rsplit(":", 1)[1]

    def indexes(self, values: Sequence[bytes], column: str, version: int = 0) -> list[str] | Refused:
        """Blind indexes as "version:code", under a version of the key (0: the latest)."""
        wanted = [{"input": _text(_of_column(value, column))} for value in values]
        codes = self._many("hmac", "hmac", wanted, key_version=version)
        return codes if isinstance(codes, Refused) else [one.removeprefix("vault:v") for one in codes]

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        """A data key of 16, 32 or 64 octets, and the same sealed."""
        made = self.client.post(f"datakey/plaintext/{self.name}", {"bits": octets * 8})
        return made if isinstance(made, Refused) else (b64decode(made["plaintext"]), str(made["ciphertext"]))

    def open(self, sealed: str) -> bytes | Refused:
        """The data key behind."""
        return self.decrypt(sealed)

    def turn(self, sealed: str) -> str | Refused:
        """A sealed data key under the key's latest version."""
        return self._asked("rewrap", "ciphertext", ciphertext=sealed)

    def encrypt_file(self, source: Path, target: Path, cipher: str = "sm4-gcm") -> int | Refused:
        """Seals a file; `target` appears whole or not at all. How many octets were read."""
        return files.seal(self, source, target, cipher)

    def decrypt_file(self, source: Path, target: Path) -> int | Refused:
        """Opens a sealed file; `target` appears only after its last piece was found whole."""
        return files.unseal(self, source, target)

    def rewrap_file(self, path: Path) -> int | Refused:
        """Puts a sealed file under the key's latest version, which is answered; its content is not touched."""
        return files.turn(self, path)

    def _asked(self, verb: str, field: str, **body: Any) -> str | Refused:
        answer = self.client.post(f"{verb}/{self.name}", {name: value for name, value in body.items() if value != ""})
        return answer if isinstance(answer, Refused) else str(answer[field])

    def _many(self, verb: str, field: str, items: list[dict[str, str]], **more: Any) -> list[str] | Refused:
        found: list[str] = []
        for start in range(0, len(items), AT_ONCE):
            answer = self.client.post(f"{verb}/{self.name}", {"batch_input": items[start : start + AT_ONCE], **more})
            if isinstance(answer, Refused):
                return answer
            results = answer["batch_results"]
            wrong = [f"item {start + at}: {one['error']}" for at, one in enumerate(results) if one.get("error")]
            if wrong:
                return Refused("; ".join(wrong[:3]), f"{verb}/{self.name}")
            found += [str(one[field]) for one in results]
        return found


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()


def _of_column(value: bytes, column: str) -> bytes:
    """A value with its column before it, so that equal values of two columns have different indexes."""
    return len(column.encode()).to_bytes(2, "big") + column.encode() + value
