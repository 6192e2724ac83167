"""Encrypts numbers into numbers of the same length (FF1): identity cards, bank cards, telephone numbers in columns."""

from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.crypto.ask import Answer, Ask, decoder_of, octets
from yunyue.services.crypto.fault import UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.keyspace import KeySpace

DIGITS: Final = "0123456789"


class FpeBody(msgspec.Struct):
    """A value; characters outside `alphabet` stay where they are, or are refused with `strict`.

    `tweak`: Base64, public, separates columns.
    """

    value: str = ""
    alphabet: str = DIGITS
    tweak: str = ""
    key_version: int = 0
    strict: bool = False


_BODY: Final = decoder_of(FpeBody)


def fpe(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST fpe/:encrypt|decrypt/:name. There is no prefix: the caller keeps the version beside the column."""
    body, verb, key = ask.read(_BODY), ask.rest[1], space.get(ask.rest[2])
    if isinstance(body, Fault):
        return body
    if key is None:
        return Fault("encryption key not found")
    if not key.config.kind.block:
        return Fault(f"key type {key.config.type} does not keep formats; make one of type sm4-ff1")
    if verb not in ("encrypt", "decrypt"):
        return UNSUPPORTED_PATH
    encrypting = verb == "encrypt"
    version = key.to_encrypt(body.key_version) if encrypting else key.to_decrypt(body.key_version or key.config.latest)
    tweak, places = octets(body.tweak), {letter: place for place, letter in enumerate(body.alphabet)}
    if isinstance(version, Fault):
        return version
    if isinstance(tweak, Fault):
        return tweak
    if len(places) != len(body.alphabet):
        return Fault("alphabet: a character appears twice")
    strange = next((place for place, letter in enumerate(body.value) if letter not in places), None)
    if body.strict and strange is not None:
        return Fault(f"value: the character at place {strange + 1} is not in the alphabet")
    numerals = [places[letter] for letter in body.value if letter in places]
    turn = version.ff1.encrypt if encrypting else version.ff1.decrypt
    turned = turn(numerals, len(places), tweak)
    if isinstance(turned, Refused):
        return Fault(str(turned))
    ask.version, following = version.number, iter(turned)
    value = "".join(body.alphabet[next(following)] if letter in places else letter for letter in body.value)
    return Answer({"value": value, "key_version": version.number})
