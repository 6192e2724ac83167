"""Which operation of a certificate authority a request is, and which of them anybody may ask for."""

from collections.abc import Callable
from typing import Final

from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.fault import UNSUPPORTED_OPERATION, UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.pki import importing, issuing, ocsp, reading, revoking, roots, setting
from yunyue.services.crypto.pki.records import Records

Outcome = Answer | Fault
Work = Callable[[Ask, Records], Outcome]


class PkiEngine:
    """An authority over the rows of one mount."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def creates(self, ask: Ask) -> bool:
        """Nothing is made by merely using it."""
        del ask
        return False

    def changes(self, ask: Ask) -> bool:
        """Whatever is not only read."""
        return ask.operation not in ("read", "list")

    def slow(self, ask: Ask) -> bool:
        """Whether it belongs into a thread: all but what is only read."""
        return ask.operation != "read" or ask.rest[0] in ("crl", "ocsp", "issuer")

    def public(self, operation: str, rest: list[str]) -> bool:
        """Whether anybody may ask: what relying parties need, and nothing that changes anything."""
        match rest:
            case ["ca"] | ["ca", "pem"] | ["ca_chain"] | ["crl"] | ["crl", "pem"]:
                return operation == "read"
            case ["cert", _] | ["cert", _, "raw"] | ["cert", _, "raw", "pem"]:
                return operation == "read"
            case ["issuer", _, "pem" | "der" | "json" | "crl"] | ["issuer", _, "crl", "pem" | "der"]:
                return operation == "read"
            case ["ocsp"]:
                return operation == "update"
            case ["ocsp", _, *_]:
                return operation == "read"
            case _:
                return False

    def do(self, ask: Ask) -> Outcome:
        """Do it."""
        rest = ask.rest = [part for part in ask.rest if part] if ask.rest[0] != "ocsp" else ask.rest
        if not rest:
            return UNSUPPORTED_PATH
        ask.key = rest[1][:200] if len(rest) > 1 and rest[0] in _NAMED else ""
        known = False
        for operation, pattern, work in _PATHS:
            if _matches(pattern, rest):
                known = True
                if operation == ask.operation:
                    return _tried(work, ask, self.records)
        return UNSUPPORTED_OPERATION if known else UNSUPPORTED_PATH


def _tried(work: Work, ask: Ask, records: Records) -> Outcome:
    """What X.509 has no place for, such as Chinese in a serial number, is found where it is written down."""
    try:
        return work(ask, records)
    except ValueError as error:
        return Fault(f"what is asked cannot be written in X.509: {' '.join(str(error).split())}")


def _matches(pattern: tuple[str, ...], rest: list[str]) -> bool:
    """ "+" stands for one segment, "*" at the end for one or more."""
    if pattern[-1] == "*":
        return len(rest) >= len(pattern) and _matches(pattern[:-1] + ("+",) * (len(rest) - len(pattern) + 1), rest)
    return len(pattern) == len(rest) and all(one in ("+", part) for one, part in zip(pattern, rest, strict=True))


def _tidied(ask: Ask, records: Records) -> Outcome:
    del ask
    return Answer(revoking.tidy_content(records))


def _paths(table: str, **works: Work) -> list[tuple[str, tuple[str, ...], Work]]:
    """A line each: operation, path, the name of what does it."""
    found = []
    for line in table.strip().splitlines():
        operation, path, name = line.split()
        found.append((operation, tuple(path.split("/")), works[name]))
    return found


_NAMED: Final = ("issue", "sign", "sign-verbatim", "roles", "issuer", "cert")
_PATHS: Final = _paths(
    """
    read    ca                              ca
    read    ca/pem                          ca
    read    ca_chain                        ca_chain
    read    crl                             crl
    read    crl/pem                         crl
    read    crl/rotate                      rotate
    update  crl/rotate                      rotate
    read    cert/+                          certificate
    read    cert/+/raw                      certificate
    read    cert/+/raw/pem                  certificate
    list    certs                           listed
    list    certs/revoked                   listed
    list    roles                           list_roles
    read    roles/+                         show_role
    update  roles/+                         put_role
    delete  roles/+                         delete_role
    update  issue/+                         issue
    update  sign/+                          sign
    update  sign-verbatim                   sign_verbatim
    update  sign-verbatim/+                 sign_verbatim
    update  root/generate/+                 generate_root
    update  issuers/generate/root/+         generate_root
    update  root/rotate/+                   generate_root
    delete  root                            delete_root
    update  root/replace                    put_default
    update  root/sign-intermediate          sign_intermediate
    update  issuer/+/sign-intermediate      sign_intermediate
    update  intermediate/generate/+         generate_intermediate
    update  issuers/generate/intermediate/+ generate_intermediate
    update  intermediate/set-signed         take_in
    update  config/ca                       take_in
    update  issuers/import/cert             take_in
    update  issuers/import/bundle           take_in
    list    issuers                         list_issuers
    read    issuer/+                        issuer
    update  issuer/+                        rename_issuer
    patch   issuer/+                        rename_issuer
    delete  issuer/+                        delete_issuer
    read    issuer/+/json                   issuer
    read    issuer/+/pem                    issuer
    read    issuer/+/der                    issuer
    read    issuer/+/crl                    crl
    read    issuer/+/crl/pem                crl
    read    issuer/+/crl/der                crl
    update  issuer/+/revoke                 revoke_issuer
    list    keys                            list_keys
    read    config/issuers                  show_default
    update  config/issuers                  put_default
    read    config/urls                     show_urls
    update  config/urls                     put_urls
    read    config/crl                      show_crl
    update  config/crl                      put_crl
    update  revoke                          revoke
    update  tidy                            tidy
    read    tidy-status                     tidied
    update  ocsp                            answer
    read    ocsp/*                          answer
    """,
    answer=ocsp.answer,
    ca=reading.ca,
    ca_chain=reading.ca_chain,
    certificate=reading.certificate,
    crl=reading.crl,
    delete_issuer=setting.delete_issuer,
    delete_role=setting.delete_role,
    delete_root=setting.delete_root,
    generate_intermediate=roots.generate_intermediate,
    generate_root=roots.generate_root,
    issue=issuing.issue,
    issuer=reading.issuer,
    list_issuers=setting.list_issuers,
    list_keys=setting.list_keys,
    list_roles=setting.list_roles,
    listed=reading.listed,
    put_crl=setting.put_crl,
    put_default=setting.put_default,
    put_role=setting.put_role,
    put_urls=setting.put_urls,
    rename_issuer=setting.rename_issuer,
    revoke=revoking.revoke,
    revoke_issuer=revoking.revoke_issuer,
    rotate=revoking.rotate,
    show_crl=setting.show_crl,
    show_default=setting.show_default,
    show_role=setting.show_role,
    show_urls=setting.show_urls,
    sign=issuing.sign,
    sign_intermediate=roots.sign_intermediate,
    sign_verbatim=issuing.sign_verbatim,
    take_in=importing.take_in,
    tidied=_tidied,
    tidy=revoking.tidy,
)
"""Every path of an authority; OpenBao 2.7's, without ACME, delta lists, cross-cluster lists and managed keys."""
