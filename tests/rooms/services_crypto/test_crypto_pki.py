"""Certificate authorities: every kind of key, checked by the openssl program; names and lifetimes by rule."""

import base64
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types
from crypto_cast import BEGAN, Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openssl_cast import DISTID, openssl
from pki_cast import DAY, NOW, TYPES, ca, issued, leaf, opened, pair_of, requested

from yunyue.host.ciphers.pairs import KINDS
from yunyue.services.crypto.pem import all_der, pem
from yunyue.services.crypto.pki import naming
from yunyue.services.crypto.pki.role import Role
from yunyue.services.crypto.pki.verify import kind_of_public, signature_holds

__all__ = ["ca"]


class TestChains:
    @pytest.mark.parametrize("kind", TYPES)
    def test_openssl_verifies_root_intermediate_and_leaf(self, desk: Desk, tmp_path: Path, kind: str) -> None:
        (tmp_path / "root.pem").write_text(opened(desk, kind)["certificate"])
        made = desk.post("pki/intermediate/generate/internal", common_name="Sub", key_type=kind).data
        (tmp_path / "sub.csr").write_text(made["csr"])
        distid = DISTID if kind == "sm2" else ()
        assert "verify OK" in openssl("req", "-in", "sub.csr", "-verify", "-noout", *distid, cwd=tmp_path)
        asked = {"csr": made["csr"], "common_name": "Sub", "ttl": "43800h", "max_path_length": 0}
        signed = desk("POST", "pki/root/sign-intermediate", asked).data
        (tmp_path / "sub.pem").write_text(signed["certificate"])
        taken = desk.post("pki/intermediate/set-signed", certificate=signed["certificate"]).data
        assert taken["existing_keys"] == [made["key_id"]]
        desk.post("pki/config/issuers", default=taken["imported_issuers"][0])
        (tmp_path / "leaf.pem").write_text(issued(desk)["certificate"])
        # The program gives the distinguishing id to the first certificate only: an SM2 chain is checked link by link.
        links = (("-CAfile", "root.pem", "sub.pem"), ("-partial_chain", "-trusted", "sub.pem", "leaf.pem"))
        for link in links:
            assert ": OK" in openssl("verify", "-x509_strict", "-attime", NOW, *distid, *link, cwd=tmp_path)
        if not distid:
            whole = ("-CAfile", "root.pem", "-untrusted", "sub.pem", "leaf.pem")
            assert ": OK" in openssl("verify", "-x509_strict", "-attime", NOW, *whole, cwd=tmp_path)

    @pytest.mark.parametrize("kind", TYPES)
    def test_a_changed_certificate_does_not_verify(self, desk: Desk, tmp_path: Path, kind: str) -> None:
        root = opened(desk, kind)["certificate"]
        public = leaf({"certificate": root}).public_key.dump()
        read = leaf(issued(desk))
        content, signature = read["tbs_certificate"].dump(), read["signature_value"].native
        assert signature_holds(public, content, signature, read["signature_algorithm"])
        for place in range(0, len(content), 7):
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            assert not signature_holds(public, changed, signature, read["signature_algorithm"])
        assert not signature_holds(public, content, signature[:-1], read["signature_algorithm"])

    def test_an_authority_signs_with_an_authority_of_another_kind(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "root.pem").write_text(opened(desk, "rsa")["certificate"])
        pair = pair_of("ecdsa-p384")
        signed = desk.post("pki/sign-verbatim", csr=requested(pair, "ecdsa-p384", "x y"), ttl="1h").data
        (tmp_path / "leaf.pem").write_text(signed["certificate"])
        assert ": OK" in openssl("verify", "-attime", NOW, "-CAfile", "root.pem", "leaf.pem", cwd=tmp_path)

    def test_a_bundle_brings_an_authority_with_its_key(self, desk: Desk) -> None:
        opened(desk, "sm2", "one")
        made = desk.post("one/root/generate/exported", common_name="Moved", key_type="sm2", ttl="8760h").data
        assert made["private_key_type"] == "sm2"
        desk.post("sys/mounts/two", type="pki")
        taken = desk.post("two/config/ca", pem_bundle=made["certificate"] + "\n" + made["private_key"]).data
        assert len(taken["imported_issuers"]) == len(taken["imported_keys"]) == 1
        desk.post("two/roles/any", allow_any_name=True, key_type="sm2")
        shown = desk.post("two/issue/any", common_name="x.test", ttl="1h").data
        assert shown["issuing_ca"] == made["certificate"]

    def test_a_certificate_without_its_key_issues_nothing(self, ca: Desk) -> None:
        root = ca("GET", "pki/issuer/default").data["certificate"]
        ca.post("sys/mounts/two", type="pki")
        taken = ca.post("two/issuers/import/cert", certificate=root).data
        ca.post("two/roles/any", allow_any_name=True, key_type="ec")
        refused = ca.post("two/issue/any", common_name="x", issuer_ref=taken["imported_issuers"][0])
        assert "is not here" in refused.error
        assert "no default issuer" in ca.post("two/issue/any", common_name="x").error

    def test_a_leaf_is_no_authority(self, ca: Desk) -> None:
        assert "no authority" in ca.post("pki/config/ca", pem_bundle=issued(ca)["certificate"]).error


class TestContents:
    def test_a_leaf_says_what_its_role_gives(self, ca: Desk) -> None:
        ca.post("pki/config/urls", ocsp_servers="http://ocsp.test/", crl_distribution_points=["http://crl.test/c"])
        found = leaf(issued(ca, alt_names="b.example.com", ip_sans="10.0.0.1,::1"))
        assert found.valid_domains == ["a.example.com", "b.example.com"]
        assert found.valid_ips == ["10.0.0.1", "::1"]
        assert found.key_usage_value.native == {"digital_signature", "key_agreement", "key_encipherment"}
        assert found.extended_key_usage_value.native == ["server_auth", "client_auth"]
        assert found.ocsp_urls == ["http://ocsp.test/"]
        assert found.crl_distribution_points[0].url == "http://crl.test/c"
        assert found.basic_constraints_value is None
        root = leaf({"certificate": ca("GET", "pki/issuer/default").data["certificate"]})
        assert found.authority_key_identifier == root.key_identifier
        assert root.critical_extensions == {"key_usage", "basic_constraints"}

    def test_a_role_sets_subject_uses_and_policies(self, ca: Desk) -> None:
        ca.post(
            "pki/roles/code",
            allow_any_name=True,
            enforce_hostnames=False,
            key_type="ec",
            server_flag=False,
            client_flag=False,
            code_signing_flag=True,
            organization=["甲方", "B"],
            country="CN",
            key_usage=["KeyUsageDigitalSignature"],
            ext_key_usage_oids="1.2.3.4",
            policy_identifiers="1.3.6.1.4.1.1.1",
            basic_constraints_valid_for_non_ca=True,
        )
        found = leaf(ca.post("pki/issue/code", common_name="发布 key", ttl="1h", exclude_cn_from_sans=True).data)
        assert found.subject.native["organization_name"] == ["甲方", "B"]
        assert found.subject.native["country_name"] == "CN"
        assert found.extended_key_usage_value.native == ["code_signing", "1.2.3.4"]
        assert found.key_usage_value.native == {"digital_signature"}
        assert found.basic_constraints_value.native["ca"] is False
        assert found.certificate_policies_value.native[0]["policy_identifier"] == "1.3.6.1.4.1.1.1"
        assert found.valid_domains == []

    @pytest.mark.parametrize("form", ["pem", "der", "pem_bundle"])
    def test_it_comes_in_three_forms(self, ca: Desk, form: str) -> None:
        shown = issued(ca, format=form)
        if form == "der":
            assert x509.Certificate.load(base64.b64decode(shown["certificate"])).subject.native
        else:
            assert shown["certificate"].count("BEGIN CERTIFICATE") == (2 if form == "pem_bundle" else 1)
        assert "format" in ca.post("pki/issue/web", common_name="a.example.com", format="x").error

    def test_serials_are_chance_and_are_listed(self, ca: Desk) -> None:
        serials = {issued(ca)["serial_number"] for _ in range(5)}
        assert len(serials) == 5
        assert all(len(one) == 59 and int(one[:2], 16) < 0x80 for one in serials)
        assert serials < set(ca("LIST", "pki/certs").data["keys"])

    def test_a_role_that_keeps_nothing_lists_nothing(self, ca: Desk) -> None:
        ca.post("pki/roles/short", allow_any_name=True, key_type="ec", no_store=True)
        made = ca.post("pki/issue/short", common_name="x.test", ttl="1h").data
        assert made["serial_number"] not in ca("LIST", "pki/certs").data["keys"]
        assert "not found" in ca.post("pki/revoke", serial_number=made["serial_number"]).error


class TestRequests:
    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("rsa-3072", "rsa-4096")])
    def test_a_request_of_every_kind_is_signed(self, ca: Desk, kind: str) -> None:
        ca.post("pki/roles/any", allow_any_name=True, key_type="any")
        pair = pair_of(kind)
        data = ca.post("pki/sign/any", csr=requested(pair, kind, "x.test", "y.test"), ttl="1h").data
        assert leaf(data).public_key.dump() == pair.public_der
        assert leaf(data).valid_domains == ["x.test", "y.test"]
        assert kind_of_public(pair.public_der) == kind

    def test_openssls_own_requests_are_signed(self, ca: Desk, tmp_path: Path) -> None:
        ca.post("pki/roles/any", allow_any_name=True, key_type="any")
        new = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k")
        openssl(*new, "-subj", "/CN=x.test", "-addext", "subjectAltName=DNS:z.test", "-out", "r", cwd=tmp_path)
        data = ca.post("pki/sign/any", csr=(tmp_path / "r").read_text(), ttl="1h").data
        assert leaf(data).valid_domains == ["x.test", "z.test"]

    @pytest.mark.parametrize("kind", ["sm2", "ecdsa-p256", "rsa-2048", "ed25519"])
    def test_whoever_does_not_hold_the_key_gets_nothing(self, ca: Desk, kind: str) -> None:
        ca.post("pki/roles/any", allow_any_name=True, key_type="any")
        found = all_der(requested(pair_of(kind), kind), "CERTIFICATE REQUEST")
        assert isinstance(found, list)
        der = found[0]
        for place in (len(der) - 1, len(der) - 20, der.index(b"example") + 1):
            changed = der[:place] + bytes([der[place] ^ 1]) + der[place + 1 :]
            assert ca.post("pki/sign/any", csr=pem(changed, "CERTIFICATE REQUEST")).status == 400

    def test_a_roles_kind_of_key_is_kept(self, ca: Desk) -> None:
        wrong = requested(pair_of("ed25519"), "ed25519")
        assert "role requires keys of type ec" in ca.post("pki/sign/web", csr=wrong).error
        ca.post("pki/roles/strong", allow_any_name=True, key_type="ec", key_bits=384)
        assert "minimum" in ca.post("pki/sign/strong", csr=requested(pair_of("ecdsa-p256"), "ecdsa-p256")).error

    def test_names_in_the_request_are_checked_too(self, ca: Desk) -> None:
        pair = pair_of("ecdsa-p256")
        for names in (("evil.test",), ("a.example.com", "evil.test")):
            refused = ca.post("pki/sign/web", csr=requested(pair, "ecdsa-p256", *names))
            assert "evil.test not allowed by this role" in refused.error

    @pytest.mark.parametrize(
        "text", ["", "x", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
    )
    def test_what_is_no_request_is_refused(self, ca: Desk, text: str) -> None:
        assert ca.post("pki/sign/web", csr=text).status == 400

    def test_a_short_rsa_key_is_refused(self, ca: Desk, tmp_path: Path) -> None:
        openssl(
            "req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "k", "-subj", "/CN=x", "-out", "r", cwd=tmp_path
        )
        assert "not 1024" in ca.post("pki/sign-verbatim", csr=(tmp_path / "r").read_text()).error


class TestRules:
    @pytest.mark.parametrize(
        ("name", "rules"),
        [
            ("a.example.com", {"allow_subdomains": True}),
            ("a.b.EXAMPLE.com", {"allow_subdomains": True}),
            ("example.com", {"allow_bare_domains": True}),
            ("*.example.com", {"allow_subdomains": True}),
            ("a-1.example.com", {"allowed_domains": "a-*.example.com", "allow_glob_domains": True}),
            ("me@example.com", {"allow_bare_domains": True}),
            ("localhost", {}),
            ("anything.test", {"allow_any_name": True}),
            ("any words", {"allow_any_name": True, "enforce_hostnames": False}),
        ],
    )
    def test_names_that_are_allowed(self, name: str, rules: dict[str, Any]) -> None:
        assert naming.host_allowed(name, Role(**{"allowed_domains": ["example.com"], **rules}))

    @pytest.mark.parametrize(
        ("name", "rules"),
        [
            ("example.com", {"allow_subdomains": True}),
            ("a.example.com", {"allow_bare_domains": True}),
            ("badexample.com", {"allow_subdomains": True, "allow_bare_domains": True}),
            ("*.example.com", {"allow_subdomains": True, "allow_wildcard_certificates": False}),
            ("a.*.example.com", {"allow_subdomains": True}),
            ("a*.example.com", {"allow_subdomains": True}),
            ("-a.example.com", {"allow_subdomains": True}),
            ("a..example.com", {"allow_subdomains": True}),
            ("a b.example.com", {"allow_subdomains": True}),
            ("localhost", {"allow_localhost": False}),
            ("a-1.example.com", {"allowed_domains": "a-*.example.com"}),
            ("me@other.com", {"allow_bare_domains": True}),
            ("", {"allow_subdomains": True}),
            ("a.example.com\n", {"allow_subdomains": True}),
            ("x" * 64 + ".example.com", {"allow_subdomains": True}),
        ],
    )
    def test_names_that_are_not(self, name: str, rules: dict[str, Any]) -> None:
        assert not naming.host_allowed(name, Role(**{"allowed_domains": ["example.com"], **rules}))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(max_size=30))
    def test_nothing_outside_the_domain_is_ever_allowed(self, name: str) -> None:
        role = Role(allowed_domains=["example.com"], allow_subdomains=True, allow_localhost=False)
        assert not naming.host_allowed(name, role) or name.lower().endswith(".example.com")

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"common_name": "evil.test"}, "common name evil.test not allowed"),
            ({"alt_names": "evil.test"}, "subject alternate name evil.test not allowed"),
            ({"uri_sans": "spiffe://x"}, "URI Subject Alternative Names"),
            ({"ip_sans": "300.1.1.1"}, "not a valid IP address"),
            ({"other_sans": "1.2.3;UTF8:x"}, "other_sans is not supported"),
            ({"ttl": "soon"}, "no length of time"),
            ({"not_after": "soon", "ttl": 0}, "no moment"),
            ({"not_after": "2020-01-01T00:00:00Z", "ttl": 0}, "before the certificate begins"),
            ({"not_after": "2030-01-01T00:00:00Z", "ttl": "1h"}, "not both"),
            ({"not_after": "2090-01-01T00:00:00Z", "ttl": 0}, "beyond the expiration"),
            ({"common_name": ""}, "common_name field is required"),
            ({"common_name": "x" * 65 + ".example.com"}, "64 characters"),
        ],
    )
    def test_what_is_not_allowed_is_named(self, ca: Desk, body: dict[str, Any], reason: str) -> None:
        assert reason in ca.post("pki/issue/web", **{"common_name": "a.example.com", **body}).error

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"key_type": "dsa"}, "unknown key type"),
            ({"key_type": "rsa", "key_bits": 1024}, "unsupported bit length"),
            ({"key_type": "ec", "key_bits": 224}, "unsupported bit length"),
            ({"ttl": "2h", "max_ttl": "1h"}, "less than"),
            ({"key_usage": "Everything"}, "there is no 'Everything'"),
            ({"ext_key_usage": "Anything"}, "there is no"),
            ({"use_pss": True}, "not supported"),
            ({"allowed_domains_template": True}, "not supported"),
            ({"allowed_other_sans": "*"}, "not supported"),
        ],
    )
    def test_a_role_that_cannot_be_kept_is_refused(self, ca: Desk, body: dict[str, Any], reason: str) -> None:
        assert reason in ca.post("pki/roles/r", **body).error
        assert ca("GET", "pki/roles/r").status == 404

    def test_a_certificate_lives_as_long_as_the_role_lets_it(self, ca: Desk) -> None:
        began = int(BEGAN.timestamp())
        assert issued(ca, ttl="24h")["expiration"] == began + DAY
        assert issued(ca, ttl="9000h")["expiration"] == began + 30 * DAY
        ca.post("pki/roles/usual", allow_any_name=True, key_type="ec", ttl="2h")
        assert ca.post("pki/issue/usual", common_name="x").data["expiration"] == began + 7200

    def test_without_tuning_nothing_lives_longer_than_32_days(self, desk: Desk) -> None:
        desk.post("sys/mounts/pki", type="pki")
        made = desk.post("pki/root/generate/internal", common_name="R", key_type="ec", ttl="87600h")
        assert made.data["expiration"] == int(BEGAN.timestamp()) + 32 * DAY
        assert "shortened" in made.json["warnings"][0]
        assert desk.post("sys/mounts/pki/tune", max_lease_ttl="100h", default_lease_ttl="200h").status == 400
        assert desk.post("sys/mounts/pki/tune", max_lease_ttl="87600h").status == 204
        assert desk("GET", "sys/mounts/pki/tune").data["max_lease_ttl"] == 87600 * 3600
        longer = desk.post("pki/root/generate/internal", common_name="R", key_type="ec", ttl="87600h")
        assert longer.data["expiration"] == int(BEGAN.timestamp()) + 3650 * DAY

    def test_roles_come_and_go(self, ca: Desk) -> None:
        assert ca("LIST", "pki/roles").data["keys"] == ["web"]
        assert ca("GET", "pki/roles/web").data["allowed_domains"] == ["example.com"]
        assert ca("DELETE", "pki/roles/web").status == 204
        assert "unknown role" in ca.post("pki/issue/web", common_name="a.example.com").error


class TestTransitKeys:
    """A key that lives in transit gets its certificate from an authority."""

    def test_an_sm2_key_asks_and_is_certified(self, desk: Desk, tmp_path: Path) -> None:
        opened(desk, "sm2")
        desk.key("seal", "sm2")
        template = requested(pair_of("ecdsa-p256"), "ecdsa-p256", "电子印章 seal")
        made = desk.post("transit/keys/seal/csr", csr=template).data["csr"]
        (tmp_path / "csr").write_text(made)
        shown = openssl("req", "-in", "csr", "-verify", "-noout", "-subject", "-nameopt", "utf8", *DISTID, cwd=tmp_path)
        assert "verify OK" in shown
        assert "电子印章 seal" in shown
        signed = desk.post("pki/sign-verbatim", csr=made, ttl="1h").data
        chain = signed["certificate"] + "\n" + signed["issuing_ca"]
        assert desk.post("transit/keys/seal/set-certificate", certificate_chain=chain).status == 204
        assert desk("GET", "transit/keys/seal").data["keys"]["1"]["certificate_chain"] == chain

    def test_anothers_certificate_is_refused(self, desk: Desk) -> None:
        chain = opened(desk, "sm2")["certificate"]
        desk.key("seal", "sm2")
        assert desk.post("transit/keys/seal/set-certificate", certificate_chain=chain).status == 400
