"""Certificates beside a key pair: a request to sign with it, and the chain that came back."""

from typing import Final

import msgspec
from asn1crypto import csr as asn1_csr  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.material import Version
from yunyue.services.crypto.pem import all_der, pem
from yunyue.services.crypto.pki.build import Authority, request
from yunyue.services.crypto.pki.chains import parsed
from yunyue.services.crypto.pki.contents import built_name


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
    subject = built_name({})
    if body.csr:
        blocks = all_der(body.csr, "CERTIFICATE REQUEST")
        if isinstance(blocks, Fault) or len(blocks) != 1:
            return Fault("could not decode PEM certificate request")
        try:
            subject = asn1_csr.CertificationRequest.load(blocks[0])["certification_request_info"]["subject"].copy()
        except (ValueError, TypeError):
            return Fault("could not decode PEM certificate request")
    made = request(Authority(subject, version.pair_kind, version.pair))
    if isinstance(made, Refused):
        return Fault(made.reason)
    return Answer({"csr": pem(made, "CERTIFICATE REQUEST"), "name": ask.rest[1], "type": version.kind.name})


def set_chain(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/set-certificate."""
    body = ask.read(_CHAIN)
    if isinstance(body, Fault):
        return body
    version = _version(ask, space, body.version)
    if isinstance(version, Fault):
        return version
    chain = all_der(body.certificate_chain)
    try:
        own = b"" if isinstance(chain, Fault) or not chain else parsed(chain[0]).public_key.dump()
    except (ValueError, TypeError):
        own = b""
    if not own:
        return Fault("could not decode a PEM block in the certificate chain")
    if own != version.pair.public_der:
        return Fault("leaf certificate public key does match the key version selected")
    return space.set_chain(ask.rest[1], version.number, body.certificate_chain) or DONE


def _version(ask: Ask, space: KeySpace, number: int) -> Version | Fault:
    key = space.get(ask.rest[1])
    if key is None:
        return Fault(f"key with provided name '{ask.rest[1]}' not found")
    if key.config.kind.pair is None:
        return Fault("key type does not support CSR signing, only asymmetric keys do")
    return key.versions.get(number or key.config.latest) or Fault("version does not exist or cannot be found")
