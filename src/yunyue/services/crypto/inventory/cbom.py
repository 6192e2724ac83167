"""The cryptographic bill of materials: CycloneDX 1.7 (ECMA-424), as JSON values, checked against its schema by tests.

Keys are described by type, state, size and age. No secret, no token and no public key's holder stands in it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.inventory.algorithms import (
    UNDERNEATH,
    Algorithm,
    algorithm_of,
    in_token,
    signature_by_oid,
)
from yunyue.services.crypto.inventory.holdings import HeldCertificate, HeldKey, HeldVersion, Holdings
from yunyue.services.crypto.inventory.providers import Library, faults, libraries
from yunyue.services.crypto.moments import rfc3339

SPECIFICATION: Final = "1.7"
SCHEMA: Final = "http://cyclonedx.org/schema/bom-1.7.schema.json"
MEDIA: Final = "application/vnd.cyclonedx+json; version=1.7"
_SIZES: Final = {
    **dict.fromkeys(("sm4-gcm96", "sm4-ff1", "aes128-gcm96"), 128),
    **dict.fromkeys(("sm2", "ed25519", "ecdsa-p256", "aes256-gcm96", "chacha20-poly1305"), 256),
    "ecdsa-p384": 384,
    "ecdsa-p521": 521,
    "rsa-2048": 2048,
    "rsa-3072": 3072,
    "rsa-4096": 4096,
}
"""Bits by the kind of key; one that makes codes has the length it was ordered with."""
_STATES: Final = {"active": "active", "disabled": "suspended", "waiting": "deactivated"}
_IN_VAULT: Final = "sealed under the key of its mount (the vault's keyring)"
_ELSEWHERE: Final = "made in a PKCS#11 token, from which it cannot be taken"

Component = dict[str, Any]


def cbom(held: Holdings, version: str) -> dict[str, Any]:
    """The bill of what is held; `version`: that of this program. Each call has a serial number of its own."""
    used = _used(held)
    components = [
        *(_library(one) for one in libraries()),
        *(_algorithm(one) for one in used),
        *(component for key in held.keys for component in _key(key)),
        *(_certificate(one, held.now) for one in held.certificates),
    ]
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": _serial(),
        "version": 1,
        "metadata": _metadata(held, version),
        "components": components,
        "dependencies": _dependencies(held, used),
    }


def _serial() -> str:
    """A UUID of chance (RFC 9562, version 4), as the specification wants bills numbered."""
    drawn = bytearray(random_octets(16))
    drawn[6], drawn[8] = drawn[6] & 0x0F | 0x40, drawn[8] & 0x3F | 0x80
    text = drawn.hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _metadata(held: Holdings, version: str) -> dict[str, Any]:
    broken = [{"name": "yunyue:cipher-disabled", "value": one} for one in faults()]
    return {
        "timestamp": rfc3339(held.now),
        "tools": {"components": [{"type": "application", "name": "yunyue", "version": version}]},
        "component": {"type": "platform", "bom-ref": "vault", "name": "yunyue crypto service", "version": version},
        "properties": [
            {"name": "yunyue:statement", "value": "software module; not a certified cryptographic product"},
            *broken,
        ],
    }


def _used(held: Holdings) -> list[Algorithm]:
    """Every algorithm of a key or a certificate, and those underneath, each once."""
    found = [_done_by(key, one) for key in held.keys for one in key.versions]
    found += [signature_by_oid(one.algorithm) for one in held.certificates]
    return list({one.name: one for one in (*found, *UNDERNEATH)}.values())


def _library(one: Library) -> Component:
    named = {"purl": one.purl} if one.purl else {}
    return {"type": "library", "bom-ref": f"library/{one.name}", "name": one.title, "version": one.version, **named}


def _algorithm(one: Algorithm) -> Component:
    properties: dict[str, Any] = {
        "primitive": one.primitive,
        "executionEnvironment": one.environment,
        "certificationLevel": ["none"],
        "cryptoFunctions": list(one.functions),
    }
    if one.classical:
        properties |= {"classicalSecurityLevel": one.classical, "nistQuantumSecurityLevel": one.quantum}
    for name, value in (
        ("algorithmFamily", one.family),
        ("parameterSetIdentifier", one.parameters),
        ("ellipticCurve", one.curve),
        ("mode", one.mode),
        ("padding", one.padding),
    ):
        if value:
            properties[name] = value
    about = {"assetType": "algorithm", "algorithmProperties": properties, **({"oid": one.oid} if one.oid else {})}
    return {"type": "cryptographic-asset", "bom-ref": one.reference, "name": one.name, "cryptoProperties": about}


def _key(key: HeldKey) -> Iterator[Component]:
    """One component for each version: that is what encrypts and ends."""
    for one in key.versions:
        algorithm = _done_by(key, one)
        pair = algorithm.primitive == "signature"
        newest = one.number == key.latest
        material: dict[str, Any] = {
            "type": "private-key" if pair else "secret-key",
            "id": f"{key.mount.path}{key.name}:v{one.number}",
            "state": _STATES[key.state] if one.usable else "deactivated",
            **({"creationDate": rfc3339(one.made)} if one.made else {}),
            "securedBy": {"mechanism": _ELSEWHERE if one.in_token else _IN_VAULT},
            "relatedCryptographicAssets": [{"type": "algorithm", "ref": algorithm.reference}],
        }
        if key.kind in _SIZES:
            material["size"] = _SIZES[key.kind]
        if key.erase_at:
            material["expirationDate"] = rfc3339(key.erase_at)
        yield {
            "type": "cryptographic-asset",
            "bom-ref": _version_reference(key, one.number),
            "name": f"{key.name} v{one.number}",
            "cryptoProperties": {
                "assetType": "related-crypto-material",
                "relatedCryptoMaterialProperties": material,
            },
            "properties": [
                {"name": "yunyue:mount", "value": key.mount.path},
                {"name": "yunyue:tenant", "value": key.mount.tenant},
                {"name": "yunyue:latest", "value": str(newest).lower()},
                {"name": "yunyue:rotation-seconds", "value": str(key.period)},
                {"name": "yunyue:exportable", "value": str(key.exportable).lower()},
                {"name": "yunyue:encryptions-at-most", "value": str(one.uses)},
            ],
        }


def _certificate(one: HeldCertificate, now: int) -> Component:
    if one.revoked:
        state = "revoked"
    elif one.begins > now:
        state = "pre-activation"
    else:
        state = "active" if one.ends > now else "deactivated"
    about: dict[str, Any] = {
        "serialNumber": one.serial,
        "subjectName": one.subject,
        "issuerName": one.issuer,
        "notValidBefore": rfc3339(one.begins),
        "notValidAfter": rfc3339(one.ends),
        "certificateFormat": "X.509",
        "fingerprint": {"alg": "SHA-256", "content": one.digest},
        "certificateState": [{"state": state}],
        "relatedCryptographicAssets": [{"type": "algorithm", "ref": signature_by_oid(one.algorithm).reference}],
    }
    if one.revoked:
        about["revocationDate"] = rfc3339(one.revoked)
    return {
        "type": "cryptographic-asset",
        "bom-ref": _certificate_reference(one),
        "name": one.subject or one.serial,
        "cryptoProperties": {"assetType": "certificate", "certificateProperties": about},
        "properties": [
            {"name": "yunyue:mount", "value": one.mount.path},
            {"name": "yunyue:where", "value": one.where},
        ],
    }


def _dependencies(held: Holdings, used: Iterable[Algorithm]) -> list[dict[str, Any]]:
    """Keys and certificates stand on algorithms, these on libraries."""
    known = {one.name for one in libraries()}
    found = [
        {"ref": one.reference, "dependsOn": [f"library/{one.provider}"] if one.provider in known else []}
        for one in used
    ]
    found += [
        {"ref": _version_reference(key, one.number), "dependsOn": [_done_by(key, one).reference]}
        for key in held.keys
        for one in key.versions
    ]
    found += [
        {"ref": reference, "dependsOn": [algorithm]}
        for reference, algorithm in {
            _certificate_reference(one): signature_by_oid(one.algorithm).reference for one in held.certificates
        }.items()
    ]
    return found


def _done_by(key: HeldKey, version: HeldVersion) -> Algorithm:
    """What a version of a key does, and where."""
    algorithm = algorithm_of(key.kind)
    return in_token(algorithm) if version.in_token else algorithm


def _version_reference(key: HeldKey, number: int) -> str:
    return f"key/{key.mount.path}{key.name}/v{number}"


def _certificate_reference(one: HeldCertificate) -> str:
    return f"certificate/{one.mount.path}{one.where}/{one.digest[:16]}"
