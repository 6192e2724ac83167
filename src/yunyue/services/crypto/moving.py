"""Keys that come in and go out: import wrapped for us, export if that was allowed, backup and restore."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.pair_makers import load_pair
from yunyue.host.ciphers.pairs_hsm import LABEL
from yunyue.services.crypto.ask import DONE, Answer, Ask, base64, decoder_of, octets
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import NOT_FOUND, Fault, internal
from yunyue.services.crypto.key import WAITING_DAYS, Key, KeyConfig
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.kinds import DEFAULT, KINDS, Kind
from yunyue.services.crypto.managing import is_name, rotation_period
from yunyue.services.crypto.material import HMAC_KEY, Secret, Version

WRAPPING_BITS: Final = 4096
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA1": hashes.SHA1(),  # noqa: S303 - OAEP with SHA-1 is what some devices wrap with, and safe there
    "SHA224": hashes.SHA224(),
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


class ImportBody(msgspec.Struct):
    """A wrapped key and what is said of it."""

    ciphertext: str = ""
    type: str = DEFAULT
    hash_function: str = "SHA256"
    derived: bool = False
    exportable: bool = False
    allow_plaintext_backup: bool = False
    allow_rotation: bool = False
    auto_rotate_period: int | str = 0


class RestoreBody(msgspec.Struct):
    """A backup."""

    backup: str = ""
    force: bool = False


class Backup(msgspec.Struct, frozen=True):
    """A whole key, open: only for keys whose owner allowed it. `counts`: how often each version may have encrypted."""

    config: KeyConfig
    versions: dict[int, Secret]
    counts: dict[int, int] = {}


_IMPORT: Final = decoder_of(ImportBody)
_RESTORE: Final = decoder_of(RestoreBody)


def wrapping_key(barrier: Barrier, space: KeySpace) -> rsa.RSAPrivateKey:
    """The key others wrap theirs with; made when first asked for."""
    path = f"space/{space.identifier}/wrapping"
    row = barrier.read(path)
    if row is None:
        made = rsa.generate_private_key(65537, WRAPPING_BITS)
        fresh = made.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with barrier.change():
            # Making one takes seconds: another may have been made, and shown, meanwhile.
            row = barrier.read(path) or fresh
            barrier.write(path, row)
    key = serialization.load_der_private_key(row, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise MalformedKey("the wrapping key is no RSA key")
    return key


def show_wrapping_key(barrier: Barrier, space: KeySpace) -> Answer:
    """GET wrapping_key."""
    public = wrapping_key(barrier, space).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Answer({"public_key": pem.decode()})


def take_in(ask: Ask, space: KeySpace, barrier: Barrier) -> Answer | Fault:
    """POST keys/:name/import."""
    body, name = ask.read(_IMPORT), ask.rest[1]
    if isinstance(body, Fault):
        return body
    kind = KINDS.get(body.type)
    if kind is None:
        return Fault(f"unknown key type: {body.type}")
    if space.get(name) is not None:
        return Fault(
            "the import path cannot be used with an existing key; use import-version to rotate an existing key"
        )
    period = rotation_period(body.auto_rotate_period)
    if isinstance(period, Fault):
        return period
    if period and not body.allow_rotation:
        return Fault("allow_rotation must be set to true if auto-rotation is enabled")
    secret = _unwrapped(body, kind, space, barrier)
    if isinstance(secret, Fault):
        return secret
    config = KeyConfig(
        name,
        kind.name,
        space.now(),
        derived=body.derived and kind.derives,
        exportable=body.exportable,
        allow_plaintext_backup=body.allow_plaintext_backup,
        auto_rotate_period=period,
        imported=True,
        allow_rotation=body.allow_rotation,
        key_size=len(secret.secret) if kind.macs_only else 0,
    )
    made = space.make(config, secret)
    return made if isinstance(made, Fault) else DONE


def take_in_version(ask: Ask, space: KeySpace, barrier: Barrier) -> Answer | Fault:
    """POST keys/:name/import_version."""
    body, key = ask.read(_IMPORT), space.get(ask.rest[1])
    if isinstance(body, Fault):
        return body
    if key is None:
        return Fault(f"no key found with name {ask.rest[1]}; to import a new key, use the import/ endpoint")
    if not key.config.imported:
        return internal("the import_version endpoint can only be used with an imported key")
    secret = _unwrapped(body, key.config.kind, space, barrier)
    if isinstance(secret, Fault):
        return secret
    done = space.rotate(ask.rest[1], secret)
    return done if isinstance(done, Fault) else DONE


def _unwrapped(body: ImportBody, kind: Kind, space: KeySpace, barrier: Barrier) -> Secret | Fault:
    """The key inside: RSA-OAEP around an AES key, AES key wrap with padding (RFC 5649) around the key itself."""
    digest = _HASHES.get(body.hash_function.upper().replace("-", ""))
    if digest is None:
        return Fault(f"unsupported hash function: {body.hash_function}")
    wrapped = octets(body.ciphertext)
    if isinstance(wrapped, Fault):
        return Fault("ciphertext is no Base64")
    outer = WRAPPING_BITS // 8
    if len(wrapped) <= outer:
        return internal("provided ciphertext is too short")
    oaep = padding.OAEP(padding.MGF1(digest), digest, None)
    try:
        inner = wrapping_key(barrier, space).decrypt(wrapped[:outer], oaep)
        secret = aes_key_unwrap_with_padding(inner, wrapped[outer:])
    except (ValueError, InvalidUnwrap):
        return internal("the ciphertext is no key wrapped with this wrapping key")
    return _fitting(secret, kind, space.now())


def _fitting(secret: bytes, kind: Kind, now: int) -> Secret | Fault:
    faulty = _unfit(secret, kind)
    return faulty or Secret(secret, secret if kind.macs_only else random_octets(HMAC_KEY), now)


def _unfit(secret: bytes, kind: Kind) -> Fault | None:
    """Why this is no secret of that kind. A label is none: whoever knew one would reach another's key in the token."""
    if kind.pair is not None and secret.startswith(LABEL):
        return internal("error parsing asymmetric key: it names a key in a token")
    if kind.pair is not None:
        try:
            load_pair(kind.pair, secret)
        except MalformedKey as error:
            return internal(f"error parsing asymmetric key: {error}")
        return None
    fits = 32 <= len(secret) <= 512 if kind.macs_only else len(secret) == kind.size
    return None if fits else internal(f"invalid key size {len(secret)} bytes for key type {kind.name}")


def export(ask: Ask, space: KeySpace) -> Answer | Fault:
    """GET export/:what/:name(/:version)."""
    what, name, key = ask.rest[1], ask.rest[2], space.get(ask.rest[2])
    if what not in ("encryption-key", "signing-key", "hmac-key", "public-key"):
        return Fault(f"invalid export type: {what}")
    if key is None:
        return NOT_FOUND
    if not key.config.exportable and what != "public-key":
        return Fault("private key material is not exportable")
    writer = _writer(what, key.config.kind)
    if isinstance(writer, Fault):
        return writer
    shown = _asked_versions(key, ask.rest[3] if len(ask.rest) > 3 else "")
    if isinstance(shown, Fault):
        return shown
    keys = {str(version.number): writer(version) for version in shown}
    return Answer({"keys": keys, "name": name, "type": key.config.type})


def _asked_versions(key: Key, wanted: str) -> list[Version] | Fault:
    least = max(key.config.min_decryption_version, 1)
    available = [version for number, version in key.versions.items() if number >= least]
    if not wanted:
        return available
    number = key.config.latest if wanted == "latest" else int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    if 0 < number < least:
        return Fault("version for export is below minimum decryption version")
    found = [version for version in available if version.number == number]
    return found or Fault("version does not exist or cannot be found")


def _writer(what: str, kind: Kind) -> Callable[[Version], str] | Fault:
    match what:
        case "hmac-key":
            return lambda version: base64(version.row.hmac_key)
        case "public-key":
            return Fault(f"unknown key type {kind.name} for export type {what}") if kind.pair is None else _public
        case "encryption-key" if not (kind.encrypts or kind.block):
            return Fault("encryption not supported for the key")
        case "signing-key" if not kind.signs:
            return Fault("signing not supported for the key")
        case _:
            return _private if kind.pair is not None else lambda version: base64(version.row.secret)


def _public(version: Version) -> str:
    return version.pair.public_text


def _private(version: Version) -> str:
    """The private key in the encoding transit's clients expect of its kind."""
    if version.kind.name == "ed25519":
        return base64(version.pair.private_der[-32:] + b64decode(version.pair.public_text))
    if version.kind.name == "sm2":
        lines = b64encode(version.pair.private_der).decode()
        body = "\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
        return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    key: Any = serialization.load_der_private_key(version.pair.private_der, None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return pem.decode()


def backup(ask: Ask, space: KeySpace) -> Answer | Fault:
    """GET backup/:name."""
    key = space.get(ask.rest[1])
    if key is None:
        return Fault(f'key "{ask.rest[1]}" not found', 500, asker=True)
    if not key.config.exportable:
        return internal("exporting is disallowed on the policy")
    if not key.config.allow_plaintext_backup:
        return internal("plaintext backup is disallowed on the policy")
    counts = {number: space.counted(key.config.name, number) for number in key.versions}
    whole = Backup(key.config, {number: version.row for number, version in key.versions.items()}, counts)
    return Answer({"backup": base64(msgspec.json.encode(whole))})


def restore(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST restore(/:name)."""
    body = ask.read(_RESTORE)
    if isinstance(body, Fault):
        return body
    if not body.backup:
        return Fault("'backup' must be supplied")
    text = octets(body.backup)
    try:
        whole = msgspec.json.decode(b"" if isinstance(text, Fault) else text, type=Backup)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return internal("the backup was not made by this service, or was changed")
    name = ask.rest[1] if len(ask.rest) > 1 else whole.config.name
    if whole.config.type not in KINDS or not is_name(name):
        return internal(f"unknown key type {whole.config.type}")
    faulty = _unsound(whole)
    if faulty is not None:
        return faulty
    # A key that waited for destruction when it was backed up is not destroyed as soon as it is back.
    config = msgspec.structs.replace(whole.config, name=name, soft_deleted=False, deleted=0, erase_at=0)
    return space.put_back(config, whole.versions, whole.counts, force=body.force) or DONE


def _unsound(whole: Backup) -> Fault | None:
    """Why a backup cannot be a key: it is open text, and whoever kept it may have written into it."""
    config, kind = whole.config, whole.config.kind
    least = max(1, config.min_available_version)
    # Their number first: what it says of its latest version may be any number.
    count = config.latest - least + 1
    if len(whole.versions) != count or not all(number in whole.versions for number in range(least, least + count)):
        return internal("versions are missing in the backup")
    limits = (
        0 <= config.min_encryption_version <= config.latest,
        1 <= config.min_decryption_version <= config.latest,
        WAITING_DAYS[0] <= config.deletion_delay_days <= WAITING_DAYS[1],
        isinstance(rotation_period(config.auto_rotate_period), int) and config.auto_rotate_period >= 0,
        not config.in_token and (kind.derives or not config.derived),
    )
    if not all(limits):
        return internal("the backup was not made by this service, or was changed")
    return next((fault for one in whole.versions.values() if (fault := _unfit(one.secret, kind))), None)
