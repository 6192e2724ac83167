"""A desk at a vault with a certificate authority, and what tests ask of it."""

from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types
from crypto_cast import BEGAN, Desk

from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.host.ciphers.pairs import Pair
from yunyue.services.crypto.pem import all_der, pem
from yunyue.services.crypto.pki.build import Authority, extension, request
from yunyue.services.crypto.pki.contents import built_name

NOW = str(int(BEGAN.timestamp()) + 60)
TYPES = ("sm2", "ec", "rsa", "ed25519")
DAY = 86_400


def opened(desk: Desk, kind: str = "ec", path: str = "pki", **root: Any) -> Any:
    """An authority with a root of ten years and a role for example.com."""
    config = {"max_lease_ttl": "87600h"}
    assert desk("POST", f"sys/mounts/{path}", {"type": "pki", "config": config}).status == 204
    fields = {"common_name": "测试根 Root", "key_type": kind, "ttl": "87600h", **root}
    made = desk("POST", f"{path}/root/generate/internal", fields)
    role = {"allowed_domains": "example.com", "allow_subdomains": True, "key_type": kind, "max_ttl": "720h"}
    assert desk("POST", f"{path}/roles/web", role).status == 200
    return made.data


@pytest.fixture
def ca(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with an authority at pki/, whose root lies in root.pem."""
    (tmp_path / "root.pem").write_text(opened(desk)["certificate"] + "\n")
    return desk


def issued(desk: Desk, path: str = "pki", **more: Any) -> Any:
    return desk.post(f"{path}/issue/web", **{"common_name": "a.example.com", "ttl": "24h", **more}).data


def leaf(data: Any) -> Any:
    found = all_der(data["certificate"])
    assert isinstance(found, list)
    return x509.Certificate.load(found[0])


def requested(pair: Pair, kind: Any, common: str = "a.example.com", *names: str) -> str:
    general = [x509.GeneralName("dns_name", x509.DNSName(one)) for one in names]
    more = (extension("subject_alt_name", general),) if general else ()
    made = request(Authority(built_name({"common_name": common}), kind, pair), more)
    assert isinstance(made, bytes)
    return pem(made, "CERTIFICATE REQUEST")


def pair_of(kind: Any) -> Pair:
    made = generate_pair(kind)
    assert not isinstance(made, Unavailable)
    return made
