"""Every cipher and token of the crypto service that this machine cannot be trusted with now, found by known answers."""

from functools import cache

from yunyue.host.ciphers.aead import KEY_LENGTHS, maker
from yunyue.host.ciphers.ff1 import ff1_fault
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import ecdsa_fault, generate_pair
from yunyue.host.ciphers.pairs_hsm import token_fault
from yunyue.host.ciphers.rsa_example import rsa_fault
from yunyue.host.ciphers.sm3 import sm3_fault
from yunyue.host.ciphers.sm4_ctr import ctr_maker


def cipher_faults() -> list[Unavailable]:
    """What is disabled and why; empty when all are well. The known answers are asked for anew."""
    found: list[object] = [*(maker(name) for name in KEY_LENGTHS), ctr_maker(), ff1_fault(), sm3_fault()]
    found += [ecdsa_fault(), rsa_fault(), generate_pair("sm2"), generate_pair("ed25519")]
    return [one for one in found if isinstance(one, Unavailable)]


def disabled() -> tuple[Unavailable, ...]:
    """What cannot be used now and why: ciphers that failed at start, and the token while it fails."""
    token = token_fault()
    return _at_start() if token is None else (*_at_start(), token)


@cache
def _at_start() -> tuple[Unavailable, ...]:
    """The answers of ciphers do not change while a process runs."""
    return tuple(cipher_faults())
