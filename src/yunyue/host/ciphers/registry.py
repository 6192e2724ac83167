"""Which ciphers can be used on this machine: each is first put through an example its standard publishes.

A cipher that fails is answered as Unavailable with the reason, never silently left out.
"""

from dataclasses import dataclass
from functools import cache
from typing import assert_never

from yunyue.host.ciphers.ed25519 import Ed25519Provider
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.interface import Algorithm, Provider, Unavailable
from yunyue.host.ciphers.libcrypto import libcrypto
from yunyue.host.ciphers.sm2 import Sm2Provider
from yunyue.host.ciphers.sm3 import sm3_fault


@dataclass(frozen=True, slots=True)
class Example:
    """A published signature: source, public key, message, 64-byte signature."""

    source: str
    public: bytes
    message: bytes
    signature: bytes


EXAMPLES = {
    Algorithm.ED25519: Example(
        "RFC 8032 section 7.1, test 2",
        bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
        b"\x72",
        bytes.fromhex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    Algorithm.SM2: Example(
        "GB/T 32918.5-2017 annex A.2",
        bytes.fromhex(
            "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
        ),
        b"message digest",
        bytes.fromhex(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
            "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
        ),
    ),
}


@cache
def provider_for(algorithm: Algorithm) -> Provider | Unavailable:
    """The self-checked provider of an algorithm, or why there is none."""
    match algorithm:
        case Algorithm.ED25519:
            return checked(Ed25519Provider())
        case Algorithm.SM2:
            library = libcrypto()
            if isinstance(library, Unavailable):
                return Unavailable(algorithm.value, str(library))
            return checked(Sm2Provider(library))
        case _:
            assert_never(algorithm)


def checked(provider: Provider) -> Provider | Unavailable:
    """The provider if it accepts the published signature, rejects it when changed, and verifies what it signs."""
    example = EXAMPLES[provider.algorithm]
    try:
        verifier, signer = provider.verifier(example.public), provider.generate()
        accepts = verifier.verify(example.message, example.signature)
        rejects = not verifier.verify(example.message + b"\x00", example.signature)
        signs = signer.verify(b"self-check", signer.sign(b"self-check"))
    except CipherBroken as error:
        return Unavailable(provider.algorithm.value, str(error))
    if accepts and rejects and signs:
        return provider
    return Unavailable(provider.algorithm.value, f"fails the example of {example.source} or its own signature")


def self_check() -> list[Unavailable]:
    """Every cipher that cannot be used here and why; empty when all are well."""
    faults = [sm3_fault(), *(provider_for(algorithm) for algorithm in Algorithm)]
    return [fault for fault in faults if isinstance(fault, Unavailable)]
