"""hvac and the bao program, unmodified, at our certificate authority; openssl asks its OCSP responder over HTTP."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openbao import Server, bao_program, hvac_module, our_server
from openssl_cast import openssl

pytestmark = pytest.mark.engine("openbao")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Our service with an authority at pki/, as `hvac` makes one."""
    with our_server(tmp_path_factory.mktemp("ours") / "vault") as running:
        running.initialise()
        client = hvac_module().Client(url=running.address, token=running.token)
        client.sys.enable_secrets_engine("pki", config={"max_lease_ttl": "87600h"})
        yield running


@pytest.fixture(scope="module")
def pki(server: Server) -> Any:
    """hvac's own words for an authority, after it made a root and a role."""
    found = hvac_module().Client(url=server.address, token=server.token).secrets.pki
    found.generate_root("internal", "root", {"key_type": "ec", "ttl": "87600h"})
    found.set_urls({"ocsp_servers": [f"{server.address}/v1/pki/ocsp"]})
    found.create_or_update_role("web", {"allow_any_name": True, "key_type": "ec", "ttl": "24h"})
    return found


def bao(server: Server, *arguments: str) -> Any:
    """The answer of the bao program."""
    environment = {**os.environ, "BAO_ADDR": server.address, "BAO_TOKEN": server.token, "BAO_FORMAT": "json"}
    command = [str(bao_program()), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


def test_hvac_issues_lists_and_revokes(pki: Any) -> None:
    made = pki.generate_certificate("web", "a.test", {"alt_names": "b.test"})["data"]
    serial = made["serial_number"]
    assert pki.read_certificate(serial)["data"]["certificate"] == made["certificate"]
    assert serial in pki.list_certificates()["data"]["keys"]
    assert pki.revoke_certificate(serial)["data"]["revocation_time"] > 0
    assert "BEGIN X509 CRL" in pki.read_crl()
    assert pki.rotate_crl()["data"]["success"] is True
    assert pki.tidy().status_code == 202


def test_hvac_reads_roles_urls_and_certificates(pki: Any) -> None:
    assert "web" in pki.list_roles()["data"]["keys"]
    assert pki.read_role("web")["data"]["allow_any_name"] is True
    assert pki.read_urls()["data"]["ocsp_servers"]
    assert "BEGIN CERTIFICATE" in pki.read_ca_certificate()
    assert "BEGIN CERTIFICATE" in pki.read_ca_certificate_chain()
    pki.set_crl_configuration("48h")
    assert pki.read_crl_configuration()["data"]["expiry"] == "172800s"
    issuers = pki.list_issuers()["data"]["keys"]
    assert pki.read_issuer(issuers[0])["data"]["issuer_id"] == issuers[0]
    pki.update_issuer(issuers[0], {"issuer_name": "first"})
    assert pki.read_issuer("first")["data"]["issuer_name"] == "first"
    pki.delete_role("none")


def test_hvac_makes_an_intermediate(server: Server, pki: Any) -> None:
    hvac_module().Client(url=server.address, token=server.token).sys.enable_secrets_engine("pki", path="sub")
    asked = pki.generate_intermediate("internal", "sub", {"key_type": "ec"}, mount_point="sub")["data"]["csr"]
    signed = pki.sign_intermediate(asked, "sub", {"ttl": "8760h"})["data"]["certificate"]
    assert pki.set_signed_intermediate(signed, mount_point="sub")["data"]["imported_issuers"]
    pki.create_or_update_role("web", {"allow_any_name": True, "key_type": "ec"}, mount_point="sub")
    made = pki.generate_certificate("web", "x.test", {"ttl": "1h"}, mount_point="sub")["data"]
    assert made["issuing_ca"] == signed
    assert pki.sign_verbatim(asked, extra_params={"ttl": "1h"})["data"]["certificate"]
    assert pki.sign_certificate("web", asked, "sub")["data"]["certificate"]
    pki.delete_root(mount_point="sub")


def test_the_bao_program_runs_an_sm2_authority(server: Server, tmp_path: Path) -> None:
    bao(server, "secrets", "enable", "-path=guomi", "-max-lease-ttl=87600h", "pki")
    bao(server, "write", "guomi/root/generate/internal", "common_name=SM2 Root", "key_type=sm2", "ttl=87600h")
    bao(server, "write", "guomi/roles/web", "allow_any_name=true", "key_type=sm2")
    made = bao(server, "write", "guomi/issue/web", "common_name=a.test", "ttl=1h")["data"]
    assert made["private_key_type"] == "sm2"
    (tmp_path / "root").write_text(made["issuing_ca"])
    (tmp_path / "leaf").write_text(made["certificate"])
    distid = ("-vfyopt", "distid:1234567812345678")
    assert "leaf: OK" in openssl("verify", *distid, "-CAfile", "root", "leaf", cwd=tmp_path)
    assert made["serial_number"] in bao(server, "list", "guomi/certs")


def test_the_bao_program_issues_and_checks_intermediates(server: Server, pki: Any) -> None:
    bao(server, "secrets", "enable", "-path=by-bao", "-max-lease-ttl=8760h", "pki")
    command = ("pki", "issue", "-issuer_name=by-bao", "pki/issuer/default", "by-bao/", "key_type=ec", "common_name=By")
    bao(server, *command)
    listed = bao(server, "pki", "list-intermediates", "pki/issuer/default", "by-bao/issuer/by-bao")
    assert listed == {"by-bao/issuer/by-bao": True}
    checked = bao(server, "pki", "verify-sign", "pki/issuer/default", "by-bao/issuer/by-bao")
    assert checked["signature_match"] is True


def test_openssl_asks_the_responder_over_http(server: Server, pki: Any, tmp_path: Path) -> None:
    made = pki.generate_certificate("web", "o.test")["data"]
    (tmp_path / "root").write_text(made["issuing_ca"])
    (tmp_path / "leaf").write_text(made["certificate"])
    uri = openssl("x509", "-in", "leaf", "-noout", "-ocsp_uri", cwd=tmp_path).strip()
    ask = ("ocsp", "-issuer", "root", "-cert", "leaf", "-url", uri, "-CAfile", "root")
    shown = openssl(*ask, cwd=tmp_path)
    assert "leaf: good" in shown, shown
    assert "Response verify OK" in shown
    pki.revoke_certificate(made["serial_number"])
    assert "leaf: revoked" in openssl(*ask, cwd=tmp_path)


def test_lists_come_without_a_token_and_with_their_media(server: Server, pki: Any) -> None:
    del pki
    found = requests.get(f"{server.address}/v1/pki/crl", timeout=30)
    assert (found.status_code, found.headers["content-type"]) == (200, "application/pkix-crl")
    assert requests.get(f"{server.address}/v1/pki/roles/web", timeout=30).status_code == 403
