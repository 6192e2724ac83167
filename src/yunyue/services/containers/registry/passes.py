"""Passes: what the registry believes, because we signed it: who may do what to which repository for five minutes.

The form is the Docker registry's token authentication: a JWT (RFC 7519) signed with ES256, its certificate in `x5c`.
"""

import base64
import datetime
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

ISSUER: Final = "yunyue"
AUDIENCE: Final = "yunyue-registry"
SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Access:
    """Actions on a repository."""

    repository: str
    actions: tuple[str, ...]


class Passes:
    """Signs with a key of its own that lies in a folder, made when there is none."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.certificate = folder / "passes.crt"
        key = folder / "passes.key"
        if not key.exists() or not self.certificate.exists():
            _make(key, self.certificate)
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        self._key = loaded
        shown = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        self._chain = base64.b64encode(shown.public_bytes(serialization.Encoding.DER)).decode()

    def sign(self, subject: str, access: tuple[Access, ...], now: int, number: str) -> str:
        """A pass for a subject. `now`: ms; `number`: told apart by it in the registry's log."""
        seconds = now // 1000
        claims = {
            "iss": ISSUER,
            "sub": subject,
            "aud": AUDIENCE,
            "iat": seconds,
            "nbf": seconds - 30,
            "exp": seconds + SECONDS,
            "jti": number,
            "access": [
                {"type": "repository", "name": one.repository, "actions": list(one.actions)}
                if one.repository
                else {"type": "registry", "name": "catalog", "actions": list(one.actions)}
                for one in access
            ],
        }
        text = f"{_part({'typ': 'JWT', 'alg': 'ES256', 'x5c': [self._chain]})}.{_part(claims)}"
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_flat(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _part(content: dict[str, Any]) -> str:
    return _flat(json.dumps(content, separators=(",", ":")).encode())


def _flat(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _make(key_path: Path, certificate_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yunyue registry passes")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2124, 1, 1, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
