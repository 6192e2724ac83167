"""SM2 key pairs as the transit interface uses them: SM3 digests and the distinguishing id 1234567812345678."""

from base64 import b64encode
from functools import cached_property
from textwrap import wrap

from yunyue.answer import Refused
from yunyue.host.ciphers.der import to_der, to_raw
from yunyue.host.ciphers.pairs import PLAIN, Choice
from yunyue.host.ciphers.sm2 import PUBLIC_PREFIX, Sm2Signer, pkcs8_of


class Sm2Pair:
    """SM2 (GB/T 32918): signatures with SM3 in DER (or r||s), encryption in the ASN.1 of GB/T 35276."""

    def __init__(self, signer: Sm2Signer) -> None:
        self.signer = signer

    @cached_property
    def public_der(self) -> bytes:
        """See Public.public_der."""
        return PUBLIC_PREFIX + self.signer.public

    @cached_property
    def public_text(self) -> str:
        """See Public.public_text."""
        lines = "\n".join(wrap(b64encode(self.public_der).decode(), 64))
        return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"

    @property
    def private_der(self) -> bytes:
        """See Pair.private_der."""
        return pkcs8_of(self.signer.private_pem())

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        refused = _refused(text, choice)
        if refused is not None:
            return refused
        raw = self.signer.sign_digest(text) if choice.prehashed else self.signer.sign(text)
        return raw if choice.jws else to_der(raw)

    def verify(self, text: bytes, signature: bytes, choice: Choice = PLAIN) -> bool | Refused:
        """See Public.verify."""
        refused = _refused(text, choice)
        if refused is not None:
            return refused
        raw = signature if choice.jws else to_raw(signature)
        if raw is None:
            return False
        return self.signer.verify_digest(text, raw) if choice.prehashed else self.signer.verify(text, raw)

    def encrypt(self, text: bytes, bound: bytes = b"") -> bytes | Refused:
        """See Public.encrypt."""
        if bound:
            return Refused("sm2 encryption binds no associated data", "associated_data")
        return self.signer.encrypt(text) if text else Refused("sm2 encrypts at least one byte", "plaintext")

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes | Refused | None:
        """See Pair.decrypt."""
        return None if bound else self.signer.decrypt(sealed)


def _refused(text: bytes, choice: Choice) -> Refused | None:
    if choice.digest not in ("", "sm3"):
        return Refused(f"sm2 signs sm3 digests, not {choice.digest}", "hash_algorithm")
    if choice.prehashed and len(text) != 32:
        return Refused(f"a digest of sm3 has 32 bytes, not {len(text)}", "input")
    return None
