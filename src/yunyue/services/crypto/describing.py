"""A key as transit describes it to whoever may read it; never its secret."""

from typing import Any

from yunyue.services.crypto.ask import Answer
from yunyue.services.crypto.key import Key
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.material import Version
from yunyue.services.crypto.moments import rfc3339

_NAMES = {"ecdsa-p256": "P-256", "ecdsa-p384": "P-384", "ecdsa-p521": "P-521"}


def described(key: Key, space: KeySpace) -> Answer:
    """GET keys/:name. What an inventory asks and transit does not tell is in `versions`, a field of ours."""
    config, kind = key.config, key.config.kind
    content: dict[str, Any] = {
        "allow_plaintext_backup": config.allow_plaintext_backup,
        "auto_rotate_period": config.auto_rotate_period,
        "deletion_allowed": config.deletion_allowed,
        "derived": config.derived,
        "exportable": config.exportable,
        "imported_key": config.imported,
        "latest_version": config.latest,
        "min_available_version": config.min_available_version,
        "min_decryption_version": config.min_decryption_version,
        "min_encryption_version": config.min_encryption_version,
        "name": config.name,
        "soft_deleted": config.soft_deleted,
        "supports_decryption": kind.encrypts,
        "supports_derivation": kind.derives,
        "supports_encryption": kind.encrypts,
        "supports_signing": kind.signs,
        "type": config.type,
        "deletion_delay_days": config.deletion_delay_days,
    }
    if config.imported:
        content["imported_key_allow_rotation"] = config.allow_rotation
    if config.in_token:
        content["in_token"] = True
    if config.erase_at:
        content["deletion_time"] = rfc3339(config.erase_at)
    if config.derived:
        content["kdf"] = "hkdf_sha256"
        content["convergent_encryption"] = config.convergent
    if kind.macs_only:
        content["key_size"] = config.key_size or kind.size
    else:
        shown = {number: one for number, one in key.versions.items() if number >= config.min_decryption_version}
        content["keys"] = {str(number): _version(one) for number, one in shown.items()}
    versions = sorted(key.versions.items())
    content["versions"] = {str(number): _held(one, space.counted(config.name, number)) for number, one in versions}
    return Answer(content)


def _held(version: Version, uses: int) -> dict[str, Any]:
    """`made` in milliseconds."""
    return {"made": version.row.made, "encryptions_at_most": uses, "in_token": version.row.in_token}


def _version(version: Version) -> object:
    """When a secret was made, in seconds; for a key pair also its public half."""
    if version.kind.pair is None:
        return version.row.made // 1000
    return {
        "certificate_chain": version.row.chain,
        "creation_time": rfc3339(version.row.made),
        "name": _NAMES.get(version.kind.name, version.kind.name),
        "public_key": version.pair.public_text,
    }
