"""Signs, verifies and makes message authentication codes under a key, in the shapes of transit."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.mac import DIGESTS, mac, same
from yunyue.host.ciphers.pairs import Choice
from yunyue.services.crypto.ask import MOST_ITEMS, Answer, Ask, base64, decoder_of, octets
from yunyue.services.crypto.batches import Result, each
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.key import Key, marked, unmarked
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.material import Version


class Item(msgspec.Struct):
    """One text, with the signature or code to verify it by."""

    input: str | None = None
    signature: str | None = None
    hmac: str | None = None
    context: str = ""
    reference: str = ""


class Body(Item):
    """A whole request."""

    batch_input: list[Item] | None = None
    key_version: int = 0
    hash_algorithm: str = ""
    algorithm: str = ""
    signature_algorithm: str = ""
    marshaling_algorithm: str = "asn1"
    salt_length: str = "auto"
    prehashed: bool = False


_BODY: Final = decoder_of(Body)


def sign(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST sign/:name(/:digest)."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    key = _usable(ask, space, body)
    if isinstance(key, Fault):
        return key
    if not key.config.kind.signs:
        return Fault(f"key type {key.config.type} does not support signing")
    version, choice = key.to_encrypt(body.key_version), _choice(ask, body)
    if isinstance(version, Fault):
        return version
    if isinstance(choice, Fault):
        return choice
    ask.version = version.number
    if body.batch_input is None:
        made = _signed(version, body, choice)
        return made if isinstance(made, Fault) else Answer({"signature": made, "key_version": version.number})

    def signed(item: Item) -> Result | Fault:
        done = _signed(version, item, choice)
        if isinstance(done, Fault):
            return Fault(f"unable to decode input as base64: {done.reason}")
        return {"signature": done, "key_version": version.number}

    return Answer({"batch_results": each(body.batch_input, signed, {"key_version": 0})})


def hmac(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST hmac/:name(/:digest)."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    key = _usable(ask, space, body)
    if isinstance(key, Fault):
        return key
    version, digest = key.to_encrypt(body.key_version), _digest(ask, body, key)
    if isinstance(version, Fault):
        return version
    if isinstance(digest, Fault):
        return digest
    ask.version = version.number
    if body.batch_input is None:
        made = _coded(version, digest, body)
        return made if isinstance(made, Fault) else Answer({"hmac": made})

    def coded(item: Item) -> Result | Fault:
        done = _coded(version, digest, item)
        return done if isinstance(done, Fault) else {"hmac": done}

    return Answer({"batch_results": each(body.batch_input, coded)})


def verify(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST verify/:name(/:digest): of a signature or a code."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    key = _usable(ask, space, body)
    if isinstance(key, Fault):
        return key
    if any(item.signature is None and item.hmac is None for item in body.batch_input or ()):
        return Fault("some elements of batch_input are missing 'signature'")
    if body.batch_input is None:
        made = _verified(ask, key, body, body)
        return made if isinstance(made, Fault) else Answer({"valid": made})

    def verified(item: Item) -> Result | Fault:
        done = _verified(ask, key, body, item)
        return done if isinstance(done, Fault) else {"valid": done}

    return Answer({"batch_results": each(body.batch_input, verified, {"valid": False})})


def _usable(ask: Ask, space: KeySpace, body: Body) -> Key | Fault:
    if body.batch_input is not None:
        if not 0 < len(body.batch_input) <= MOST_ITEMS:
            return Fault(f"a batch has 1 to {MOST_ITEMS} items, not {len(body.batch_input)}")
        ask.items = len(body.batch_input)
    missing = "encryption key not found" if ask.rest[0] == "hmac" else "signing key not found"
    return space.get(ask.rest[1]) or Fault(missing)


def _choice(ask: Ask, body: Body) -> Choice | Fault:
    """How the signature is asked for: in the path, or in the body."""
    digest = ask.rest[2] if len(ask.rest) > 2 else body.hash_algorithm or body.algorithm
    if digest == "none":
        return Fault("hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15")
    if digest and digest not in DIGESTS:
        return Fault(f'invalid hash algorithm "{digest}"')
    if body.marshaling_algorithm not in ("asn1", "jws"):
        return Fault(f'invalid marshaling type "{body.marshaling_algorithm}"')
    return Choice(
        digest=digest,
        prehashed=body.prehashed,
        scheme=body.signature_algorithm or "pss",
        salt=body.salt_length,
        jws=body.marshaling_algorithm == "jws",
    )


def _digest(ask: Ask, body: Body, key: Key) -> str | Fault:
    digest = ask.rest[2] if len(ask.rest) > 2 else body.algorithm or body.hash_algorithm or key.config.kind.digest
    return digest if digest in DIGESTS else Fault(f"unsupported algorithm {digest}")


def _signed(version: Version, item: Item, choice: Choice) -> str | Fault:
    text = octets(item.input or "")
    if isinstance(text, Fault):
        return text
    made = version.pair.sign(text, choice)
    if isinstance(made, Refused):
        return internal(made.reason) if made.field == "signature_algorithm" else Fault(made.reason)
    if choice.jws and version.kind.name != "ed25519":
        return marked(version.number, urlsafe_b64encode(made).rstrip(b"=").decode())
    return marked(version.number, base64(made))


def _coded(version: Version, digest: str, item: Item) -> str | Fault:
    if item.input is None:
        return Fault("missing input for HMAC")
    text = octets(item.input)
    if isinstance(text, Fault):
        return Fault(f"unable to decode input as base64: {text.reason}")
    return marked(version.number, base64(mac(digest, version.row.hmac_key, text)))


def _verified(ask: Ask, key: Key, body: Body, item: Item) -> bool | Fault:
    signature, code = item.signature, item.hmac
    if code is not None and signature is None:
        return _code_holds(ask, key, body, item, code)
    if signature is None:
        return Fault("neither a 'signature' nor an 'hmac' were given to verify")
    if code is not None:
        return Fault("provide one of 'signature' or 'hmac'")
    if not key.config.kind.signs:
        return Fault(f"key type {key.config.type} does not support verification")
    return _signature_holds(ask, key, body, item, signature)


def _signature_holds(ask: Ask, key: Key, body: Body, item: Item, signature: str) -> bool | Fault:
    choice, text, read = _choice(ask, body), octets(item.input or ""), unmarked(signature, "signature")
    if isinstance(choice, Fault):
        return choice
    if isinstance(text, Fault):
        return Fault(f"unable to decode input as base64: {text.reason}")
    if isinstance(read, Fault):
        return read
    version = key.to_decrypt(read[0])
    if isinstance(version, Fault):
        return version
    ask.version = version.number
    given = _flat(read[1]) if choice.jws and version.kind.name != "ed25519" else octets(read[1])
    if isinstance(given, Fault):
        return Fault(f"invalid base64 signature value: {given.reason}")
    held = version.pair.verify(text, given, choice)
    return Fault(held.reason) if isinstance(held, Refused) else held


def _code_holds(ask: Ask, key: Key, body: Body, item: Item, code: str) -> bool | Fault:
    digest, text, read = _digest(ask, body, key), octets(item.input or ""), unmarked(code, "HMAC to verify")
    if isinstance(digest, Fault):
        return digest
    if isinstance(text, Fault):
        return Fault(f"unable to decode input as base64: {text.reason}")
    if isinstance(read, Fault):
        return read
    version = key.to_decrypt(read[0])
    if isinstance(version, Fault):
        return version
    ask.version = version.number
    given = octets(read[1])
    return given if isinstance(given, Fault) else same(given, mac(digest, version.row.hmac_key, text))


def _flat(text: str) -> bytes | Fault:
    """URL-safe Base64 without padding, as JWS writes signatures."""
    try:
        return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (NotBase64, UnicodeEncodeError, ValueError):
        return Fault("illegal base64 data")
