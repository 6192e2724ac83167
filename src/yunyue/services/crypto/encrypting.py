"""Encrypts, decrypts and re-encrypts under a key; single texts and batches, in the shapes of transit."""

from collections.abc import Sequence
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.mac import mac
from yunyue.services.crypto.ask import MOST_ITEMS, Answer, Ask, base64, decoder_of, octets
from yunyue.services.crypto.batches import Result, batch_answer, each
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.key import Key, KeyConfig, marked, unmarked
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.kinds import DEFAULT, KINDS
from yunyue.services.crypto.material import Version

NONCE: Final = 12
SHORTEST: Final = NONCE + 16
TAMPERED: Final = Fault("cipher: message authentication failed")
NO_CONTEXT: Final = Fault(
    "missing 'context' for key derivation; the key was created using a derived key, which means additional, "
    "per-request information must be included in order to perform operations with the key"
)
DATA_KEY_BITS: Final = (128, 256, 512)


class Item(msgspec.Struct):
    """One text of an encryption, or one ciphertext of a decryption, as transit's clients write it."""

    plaintext: str | None = None
    ciphertext: str | None = None
    context: str = ""
    associated_data: str = ""
    nonce: str = ""
    key_version: int = 0
    reference: str = ""


class Body(Item):
    """A whole request: one item, or a batch of them."""

    batch_input: list[Item] | None = None
    type: str = ""
    convergent_encryption: bool = False
    partial_failure_response_code: int = 0


class DataKeyBody(msgspec.Struct):
    """A request for a data key."""

    bits: int = 256
    context: str = ""
    associated_data: str = ""
    nonce: str = ""
    key_version: int = 0


_BODY: Final = decoder_of(Body)
_DATA_KEY: Final = decoder_of(DataKeyBody)
Batch = Sequence[Item]


def encrypt(ask: Ask, space: KeySpace, *, upsert: bool) -> Answer | Fault:
    """POST encrypt/:name. A key that is not there is made when `upsert` is set, as transit does."""
    body, name = ask.read(_BODY), ask.rest[1]
    if isinstance(body, Fault):
        return body
    faulty = _lacking(body, "plaintext", "encrypt")
    if faulty is not None:
        return faulty
    key = _key_or_new(space, name, body, upsert=upsert)
    if isinstance(key, Fault):
        return key
    if body.batch_input is None:
        made = encrypt_one(space, key, body)
        if isinstance(made, Fault):
            return made
        ask.version = made[1]
        return Answer({"ciphertext": made[0], "key_version": made[1]})
    ask.items = len(body.batch_input)
    # Drawn at once: each draw gives up Python's lock, and a hundred of them in a thread cost more than all else here.
    chance = iter(_nonces(random_octets(NONCE * ask.items)))
    results = each(body.batch_input, lambda item: _told(ask, encrypt_one(space, key, item, next(chance))))
    return batch_answer(results, body.partial_failure_response_code)


def _nonces(chance: bytes) -> list[bytes]:
    """The nonces in a stretch of chance."""
    return [chance[start : start + NONCE] for start in range(0, len(chance), NONCE)]


def _told(ask: Ask, made: tuple[str, int] | Fault) -> Result | Fault:
    """A ciphertext as batches show it; the log is told the version."""
    if isinstance(made, Fault):
        return made
    ask.version = made[1]
    return {"ciphertext": made[0], "key_version": made[1]}


def decrypt(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST decrypt/:name."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    faulty = _lacking(body, "ciphertext", "decrypt")
    if faulty is not None:
        return faulty
    key = space.get(ask.rest[1])
    if key is None:
        return Fault("encryption key not found")
    if body.batch_input is None:
        made = decrypt_one(key, body)
        if isinstance(made, Fault):
            return made
        ask.version = made[1]
        return Answer({"plaintext": base64(made[0])})
    ask.items = len(body.batch_input)

    def shown(item: Item) -> Result | Fault:
        done = decrypt_one(key, item)
        if isinstance(done, Fault):
            return done
        ask.version = done[1]
        return {"plaintext": base64(done[0])}

    results = each(body.batch_input, shown, {"plaintext": ""})
    return batch_answer(results, body.partial_failure_response_code)


def rewrap(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST rewrap/:name: the same text under the latest version, without showing it."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    faulty = _lacking(body, "ciphertext", "decrypt")
    if faulty is not None:
        return faulty
    key = space.get(ask.rest[1])
    if key is None:
        return Fault("encryption key not found")
    if body.batch_input is None:
        made = _rewrapped(space, key, body)
        if isinstance(made, Fault):
            return made
        ask.version = made[1]
        return Answer({"ciphertext": made[0], "key_version": made[1]})
    ask.items = len(body.batch_input)
    results = each(body.batch_input, lambda item: _told(ask, _rewrapped(space, key, item)))
    return Answer({"batch_results": results})


def datakey(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST datakey/:plaintext|wrapped/:name: a fresh key for the caller's own use, and the same under the vault's."""
    body, shown, name = ask.read(_DATA_KEY), ask.rest[1], ask.rest[2]
    if isinstance(body, Fault):
        return body
    if shown not in ("plaintext", "wrapped"):
        return Fault("Invalid path, must be 'plaintext' or 'wrapped'")
    if body.bits not in DATA_KEY_BITS:
        return Fault("invalid bit length")
    key = space.get(name)
    if key is None:
        return Fault("encryption key not found")
    fresh = random_octets(body.bits // 8)
    item = Item(
        plaintext=base64(fresh),
        context=body.context,
        associated_data=body.associated_data,
        key_version=body.key_version,
    )
    made = encrypt_one(space, key, item)
    if isinstance(made, Fault):
        return made
    ask.version = made[1]
    open_part = {"plaintext": base64(fresh)} if shown == "plaintext" else {}
    return Answer({"ciphertext": made[0], "key_version": made[1], **open_part})


def encrypt_one(space: KeySpace, key: Key, item: Item, nonce: bytes = b"") -> tuple[str, int] | Fault:
    """One text under a key: the ciphertext as transit writes it, and the version it is under.

    `nonce`: twelve random octets used for nothing else; drawn here when it is empty.
    """
    text, bound = octets(item.plaintext or ""), octets(item.associated_data)
    if isinstance(text, Fault):
        return text
    if isinstance(bound, Fault):
        return bound
    version = key.to_encrypt(item.key_version)
    if isinstance(version, Fault):
        return version
    if version.kind.aead:
        return _sealed(space, key, version, (text, bound, item.context, nonce or random_octets(NONCE)))
    if version.kind.pair is None or not version.kind.encrypts:
        return Fault(f"message encryption not supported for key type {version.kind.name}")
    if bound:
        return Fault(f"associated data is not supported for key type {version.kind.name}")
    made = version.pair.encrypt(text)
    if isinstance(made, Refused):
        return Fault(made.reason)
    return marked(version.number, base64(made)), version.number


def _sealed(
    space: KeySpace, key: Key, version: Version, given: tuple[bytes, bytes, str, bytes]
) -> tuple[str, int] | Fault:
    """`given`: the text, what is bound to it, the context (Base64) of a derived key, and a nonce."""
    text, bound, shown, nonce = given
    counted = space.count(key, version, 1)
    if isinstance(counted, Fault):
        return counted
    if not key.config.derived:
        return marked(counted.number, base64(nonce + counted.aead.seal(nonce, text, bound))), counted.number
    context = octets(shown)
    if isinstance(context, Fault):
        return context
    if not context:
        return NO_CONTEXT
    if key.config.convergent:
        # The same text under the same context gives the same ciphertext; two texts never share a nonce but by chance.
        nonce = mac("sha2-256", counted.derived(context, b"convergent nonce "), _both(bound, text))[:NONCE]
    sealed = nonce + counted.cipher(counted.derived(context)).seal(nonce, text, bound)
    return marked(counted.number, base64(sealed)), counted.number


def _both(bound: bytes, text: bytes) -> bytes:
    """What is bound and the text, as no other two come out: a nonce used for two texts would betray the key."""
    return b"\1" + len(bound).to_bytes(8, "big") + bound + text if bound else b"\0" + text


def decrypt_one(key: Key, item: Item) -> tuple[bytes, int] | Fault:
    """The text of one ciphertext, and the version it was under."""
    read, bound = unmarked(item.ciphertext or "", "ciphertext"), octets(item.associated_data)
    if isinstance(read, Fault):
        return read
    if isinstance(bound, Fault):
        return bound
    sealed = octets(read[1])
    if isinstance(sealed, Fault):
        return Fault(f"invalid ciphertext: could not decode base64: {sealed.reason}")
    version = key.to_decrypt(read[0])
    if isinstance(version, Fault):
        return version
    if not version.kind.encrypts:
        return Fault(f"message decryption not supported for key type {version.kind.name}")
    text = _opened(key, version, item, sealed, bound)
    return text if isinstance(text, Fault) else (text, version.number)


def _opened(key: Key, version: Version, item: Item, sealed: bytes, bound: bytes) -> bytes | Fault:
    if version.kind.pair is not None:
        shown = version.pair.decrypt(sealed, bound)
        return shown if isinstance(shown, bytes) else TAMPERED
    if len(sealed) < SHORTEST:
        return Fault("invalid ciphertext length")
    cipher = version.aead if not key.config.derived else None
    if cipher is None:
        context = octets(item.context)
        if isinstance(context, Fault):
            return context
        if not context:
            return NO_CONTEXT
        cipher = version.cipher(version.derived(context))
    text = cipher.open(sealed[:NONCE], sealed[NONCE:], bound)
    return TAMPERED if text is None else text


def _rewrapped(space: KeySpace, key: Key, item: Item) -> tuple[str, int] | Fault:
    shown = decrypt_one(key, item)
    if isinstance(shown, Fault):
        return shown
    again = Item(
        plaintext=base64(shown[0]),
        context=item.context,
        associated_data=item.associated_data,
        key_version=item.key_version,
    )
    return encrypt_one(space, key, again)


def _lacking(body: Body, field: str, verb: str) -> Fault | None:
    """What is missing in a request, in transit's words."""
    batch = body.batch_input
    if batch is None:
        return None if getattr(body, field) is not None else Fault(f"missing {field} to {verb}")
    if not batch:
        return Fault("missing batch input to process")
    if len(batch) > MOST_ITEMS:
        return Fault(f"a batch has at most {MOST_ITEMS} items, not {len(batch)}")
    for index, item in enumerate(batch):
        if getattr(item, field) is None:
            return internal(f"failed to parse batch input: '[{index}].{field}' missing {field} to {verb}")
    return None


def _key_or_new(space: KeySpace, name: str, body: Body, *, upsert: bool) -> Key | Fault:
    key = space.get(name)
    if key is not None:
        return key
    if not upsert:
        return Fault("encryption key not found")
    kind = KINDS.get(body.type or DEFAULT)
    if kind is None or not kind.aead:
        return Fault(f"unknown key type {body.type}")
    if body.convergent_encryption and not body.context and not (body.batch_input and body.batch_input[0].context):
        return Fault("convergent encryption requires derivation to be enabled, so context is required")
    derived = bool(body.context or (body.batch_input and body.batch_input[0].context))
    config = KeyConfig(name, kind.name, space.now(), derived=derived, convergent=body.convergent_encryption)
    return space.make(config)
