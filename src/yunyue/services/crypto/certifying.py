"""Certificates beside a key pair: a request to sign with it, and the chain that came back."""

from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.material import Version


class CsrBody(msgspec.Struct):
    """A request to fill in, or none for an empty one."""

    version: int = 0
    csr: str = ""


class ChainBody(msgspec.Struct):
    """Certificates in PEM, the key's own first."""

    version: int = 0
    certificate_chain: str = ""


_CSR: Final = decoder_of(CsrBody)
_CHAIN: Final = decoder_of(ChainBody)


def csr(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/csr."""
    body = ask.read(_CSR)
    if isinstance(body, Fault):
        return body
    version = _version(ask, space, body.version)
    if isinstance(version, Fault):
        return version
    subject = x509.Name([])
    if body.csr:
        try:
            subject = x509.load_pem_x509_csr(body.csr.encode()).subject
        except ValueError:
            return Fault("could not decode PEM certificate request")
    key: Any = serialization.load_der_private_key(version.row.secret, None)
    digest = None if version.kind.name == "ed25519" else hashes.SHA256()
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, digest)
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    return Answer({"csr": pem, "name": ask.rest[1], "type": version.kind.name})


def set_chain(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/set-certificate."""
    body = ask.read(_CHAIN)
    if isinstance(body, Fault):
        return body
    version = _version(ask, space, body.version)
    if isinstance(version, Fault):
        return version
    try:
        chain = x509.load_pem_x509_certificates(body.certificate_chain.encode())
    except ValueError:
        return Fault("could not decode a PEM block in the certificate chain")
    own = (
        chain[0].public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    if own != version.pair.public_der:
        return Fault("leaf certificate public key does match the key version selected")
    return space.set_chain(ask.rest[1], version.number, body.certificate_chain) or DONE


def _version(ask: Ask, space: KeySpace, number: int) -> Version | Fault:
    key = space.get(ask.rest[1])
    if key is None:
        return Fault(f"key with provided name '{ask.rest[1]}' not found")
    if key.config.kind.pair is None:
        return Fault("key type does not support CSR signing, only asymmetric keys do")
    if key.config.type == "sm2":
        return Fault("certificates of SM2 keys are issued by pki, not by transit")
    return key.versions.get(number or key.config.latest) or Fault("version does not exist or cannot be found")
