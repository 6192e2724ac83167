"""The published example RSA is tried with before it is used: NIST's CAVP, SigVer15_186-3, 2048 bits, SHA-256."""

from functools import cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from yunyue.host.ciphers.interface import Unavailable

SOURCE: Final = "NIST CAVP SigVer15_186-3"
EXPONENT: Final = 0x10001
MODULUS: Final = (
    "a911245a2cfb33d8ee375df9439f74e669c03a8d9acad25bd27acf3cd8bea7eb9dbe470155c7c72782c94861f7b573cd3256"
    "39fb070e9ba6e621991aefa45106182e4d264be7068035595d7549052989b3e7fd04cabc94012c1278a0ef8672b1a51dd1a9"
    "e276816ba497dea24b4febe3dd8e977707bcd230ca6fb6f8a8bff9e6ba24fbadcd93f00126b19b396a38e6ef86d18fef945b"
    "9154c1963fb488c7025953511f86d05638bfe056493730bc6778446e59cd3c5c3acf07a0a3a64943793652f10e3292aa7a6d"
    "25a03181cc6f6ba0658d909e59ce2a02bacc9766fd8c4fbd4ed9c23a866844b8a794d49e505f9f944870a71aadbe53380398"
    "25c2dff81af3"
)
MESSAGE: Final = (
    "6918d6328ca0a8b64bbe81d91cdea519911b59fc2dbd53af76006fec4b18a320787135ce883b2b2edb26041bf86aa52c230b"
    "9620335b6e7f9ec08c7ed6b70823d819e9ab019e9929249f966fdb2069311a0ddc680ac468f514d4ed873b04a6beb0985b91"
    "a0cfd8ed51b09f9e6d06da739eaa939d5a00275901c4f8cf25076339"
)
SIGNATURE: Final = (
    "794d0a45bc9fc6febb586e319dfa6924c888594802b9deb9668963fdb309bf02817960a7457106fc474f91601436e8954cbb"
    "6815350b2c51b53c968d2c48cc1799550d5d03b41f6e5a8c3c264d2e2fe0b5b8ff53fdcb9dd111c985cb488d7086e6548b40"
    "77ec00721c9cb500fe07a031c2030e8ad1dd0112c34ffd9091d77a187aac8661b298eee39eb615f9715c4c48a6762ede55a4"
    "66ec7f3cdb6a937cfc80188a85d8f8d3a2a80b199ce5e6375af8f02f06d706a34d9cf38318903965db54aaa7d3fa7a7ee580"
    "34cd58c8435739c8906366e2ddba293f2fb2c15f07fa4951014471e7f677d3bdacffc4c68a906e08d68b39f9010746cbacd2"
    "2980cee73e8d"
)


@cache
def rsa_fault() -> Unavailable | None:
    """Why RSA cannot be trusted; None when the published signature holds, and does not once it was changed."""
    return example_fault(bytes.fromhex(SIGNATURE))


def example_fault(signature: bytes) -> Unavailable | None:
    """The same for a signature given in place of the published one."""
    key = rsa.RSAPublicNumbers(EXPONENT, int(MODULUS, 16)).public_key()
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    return None if _holds(key, signature) and not _holds(key, changed) else _WRONG


def _holds(key: rsa.RSAPublicKey, signature: bytes) -> bool:
    try:
        key.verify(signature, bytes.fromhex(MESSAGE), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


_WRONG: Final = Unavailable("rsa", f"the example of {SOURCE} comes out wrong")
