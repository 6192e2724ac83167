"""The same requests to an OpenBao server and to ours get the same status, the same refusal, and all of its fields."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from openbao import Server, bao_server, our_server

TEXT = base64.b64encode(b"text").decode()
LIMITED = (
    'path "auth/token/*" { capabilities = ["create", "update"] }\n'
    'path "transit/keys/" { capabilities = ["list"] }\n'
    'path "/transit/keys/k" { capabilities = ["read"] }\n'
)


UNTOLD = frozenset({"backup_info", "restore_info", "convergent_encryption_version"})
"""Fields of OpenBao's that say nothing here."""


@dataclass
class Told:
    """What one server answered, in order."""

    server: Server
    answers: list[tuple[str, int, Any]] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One request; its answer is kept."""
        reply = self.server.ask(method, path, body, token)
        content = reply.json() if reply.content else {}
        self.answers.append((f"{method} {path} {body}", reply.status_code, content))
        return content

    def post(self, path: str, *bodies: Any) -> Any:
        """Several; what the last one answered."""
        return [self.ask("POST", path, body) for body in bodies][-1]


def keys(told: Told) -> None:
    """Keys made, set, trimmed, put aside and deleted."""
    made: list[dict[str, Any]] = [{}, {"exportable": True, "allow_plaintext_backup": True}, {"derived": True}]
    for name, body in zip("ked", made, strict=True):
        told.post(f"transit/keys/{name}", body)
    told.post("transit/keys/z", {"type": "nope"}, {"type": "hmac"}, {"convergent_encryption": True})
    told.post("transit/keys/a b", {})
    for path in ("keys?list=true&limit=2", "keys?list=true&after=e", "keys?list=true&after=z", "keys/none"):
        told.ask("GET", f"transit/{path}")
    told.post("transit/keys/k/rotate", {})
    low, high = {"min_decryption_version": 2}, {"min_encryption_version": 2}
    told.post("transit/keys/k/config", {"min_decryption_version": 9}, low, {"auto_rotate_period": "1m"}, {})
    told.post("transit/keys/k/trim", {"min_available_version": 2})
    told.post("transit/keys/k/config", high)
    told.post("transit/keys/k/trim", {}, {"min_available_version": 2})
    told.post("transit/keys/k/config", {"min_decryption_version": 1})
    told.ask("DELETE", "transit/keys/k")
    for path in ("encryption-key/k", "encryption-key/e", "encryption-key/e/7", "signing-key/e", "nope/e", "hmac-key/e"):
        told.ask("GET", f"transit/export/{path}")
    backup = told.ask("GET", "transit/backup/e")["data"]["backup"]
    told.ask("GET", "transit/backup/k")
    told.post("transit/restore", {}, {"backup": backup})
    told.post("transit/restore/copy", {"backup": backup}, {"backup": backup}, {"backup": backup, "force": True})


def texts(told: Told) -> None:
    """Encrypting, decrypting and batches of it."""
    sealed = told.post("transit/encrypt/t", {"plaintext": TEXT})["data"]["ciphertext"]
    batch = [{"plaintext": TEXT, "reference": "r"}, {"plaintext": "%"}]
    wishes = [
        {"plaintext": "%"},
        {"plaintext": TEXT + "\n"},
        {"plaintext": ""},
        {},
        {"plaintext": TEXT, "key_version": 9},
    ]
    batches = [[], batch, batch[1:], [{}]]
    told.post("transit/encrypt/t", *wishes, *({"batch_input": one} for one in batches))
    told.post("transit/encrypt/t", {"batch_input": batch, "partial_failure_response_code": 299})
    told.post(
        "transit/encrypt/new", {"plaintext": TEXT, "convergent_encryption": True}, {"plaintext": TEXT, "type": "x"}
    )
    told.post("transit/encrypt/d", {"plaintext": TEXT}, {"plaintext": TEXT, "context": "%"})
    wrong = [sealed[:-2] + "==", "vault:v9:" + sealed[9:], "x", "vault:v1", "vault:vx:aa", "vault:v1:aaaa"]
    told.post("transit/decrypt/t", {"ciphertext": sealed}, {}, *({"ciphertext": one} for one in wrong))
    told.post("transit/decrypt/t", {"batch_input": [{"ciphertext": sealed}, {"ciphertext": "x"}]})
    told.post("transit/rewrap/t", {"ciphertext": sealed}, {"batch_input": [{"ciphertext": "x"}]})
    told.post("transit/decrypt/none", {"ciphertext": sealed})
    told.post("transit/datakey/plaintext/t", {}, {"bits": 100})
    told.post("transit/datakey/x/t", {})
    for path in ("random/16", "random/0", "random/131073", "hash/md5", "hash"):
        told.post(f"transit/{path}", {"input": TEXT})


def signatures(told: Told) -> None:
    """Signatures and codes."""
    told.post("transit/keys/p", {"type": "ecdsa-p256"})
    signature = told.post("transit/sign/p", {"input": TEXT})["data"]["signature"]
    code = told.post("transit/hmac/p", {"input": TEXT}, {}, {"input": TEXT})["data"]["hmac"]
    given = [{"signature": signature}, {"hmac": code}, {"signature": "x"}, {}]
    told.post("transit/verify/p", *({"input": TEXT, **one} for one in given))
    told.post("transit/verify/p", {"batch_input": [{"input": TEXT, "signature": signature}, {"input": TEXT}]})
    told.post("transit/sign/p", {}, {"input": TEXT, "marshaling_algorithm": "x"}, {"batch_input": [{"input": "%"}]})
    told.post("transit/sign/none", {"input": TEXT})
    told.post("transit/sign/t", {"input": TEXT})


def tokens(told: Told) -> None:
    """What tokens may make, how long they live, and what policies let them do."""
    told.ask("PUT", "sys/policies/acl/limited", {"policy": LIMITED})
    make = "auth/token/create"
    token = told.post(make, {"policies": ["Limited"], "ttl": "1h"})["auth"]["client_token"]
    ending = told.post(make, {"policies": ["root"], "ttl": "1h"})["auth"]["client_token"]
    told.post(make, {"policies": ["root"], "explicit_max_ttl": "1h"})
    told.ask("POST", make, {"policies": ["root"], "no_parent": True}, ending)
    for body in ({"policies": ["x"]}, {"no_parent": True}, {"period": "1h"}, {"policies": ["root"]}):
        told.ask("POST", make, body, token)
    told.ask("POST", "auth/token/create-orphan", {}, token)
    few = told.post(make, {"policies": ["limited"], "num_uses": 3})["auth"]["client_token"]
    told.ask("POST", make, {}, few)
    told.ask("POST", "auth/token/revoke-orphan", {"token": few}, token)
    for path in ("lookup", "lookup-accessor", "renew", "revoke", "revoke-accessor"):
        told.post(f"auth/token/{path}", {"token": "nobody", "accessor": "nobody"})
    told.ask("LIST", "transit/keys", None, token)
    told.ask("GET", "transit/keys/k", None, token)
    told.ask("GET", "transit/keys/e", None, token)
    paths = ["transit/keys", "transit/keys/", "transit/keys/k", "auth/token/create", "nowhere"]
    told.ask("POST", "sys/capabilities-self", {"paths": paths}, token)
    told.ask("GET", "transit/keys/k", None, "nobody")
    told.ask("PUT", "sys/policies/acl/root", {"policy": LIMITED})
    told.ask("PUT", "sys/policies/acl/bad", {"policy": 'path "x" { capabilities = ["fly"] }'})


def certificates(told: Told) -> None:
    """An authority before it is made, and what a role refuses."""
    told.ask("POST", "sys/mounts/pki", {"type": "pki"})
    for path in ("ca", "ca/pem", "crl", "roles/none", "nope"):
        told.ask("GET", f"pki/{path}")
    told.post("pki/root/generate/internal", {"common_name": "r", "key_type": "ec", "ttl": "700h"})
    role = {"allowed_domains": "example.com", "allow_subdomains": True, "key_type": "ec"}
    told.server.ask("POST", "pki/roles/web", role).raise_for_status()
    wishes = [{"common_name": "b.org"}, {}, {"common_name": "a.example.com", "format": "x"}]
    told.post("pki/issue/web", *wishes, {"common_name": "a.example.com", "serial_number": "1"})
    told.post("pki/issue/none", {"common_name": "a"})
    told.post("pki/revoke", {"serial_number": "aa:bb"})
    told.ask("GET", "pki/cert/aa:bb")


STORIES = (keys, texts, signatures, tokens, certificates)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("like-openbao")
    with our_server(folder / "vault") as ours, bao_server(folder / "bao") as theirs:
        for server in (ours, theirs):
            server.initialise()
            server.ask("POST", "sys/mounts/transit", {"type": "transit"}).raise_for_status()
            server.ask("POST", "transit/keys/k", {}).raise_for_status()
            free = {"exportable": True, "allow_plaintext_backup": True}
            server.ask("POST", "transit/keys/e", free).raise_for_status()
            server.ask("POST", "transit/keys/d", {"derived": True}).raise_for_status()
        yield ours, theirs


def fields(content: Any) -> set[str]:
    """The names under data, and of the first of a batch's results."""
    shown = content.get("data") or {}
    first = (shown.get("batch_results") or [{}])[0]
    return {*shown, *(f"[].{name}" for name in first)}


@pytest.mark.parametrize("story", STORIES, ids=lambda one: str(one.__name__))
def test_ours_answers_as_openbao_does(both: tuple[Server, Server], story: Any) -> None:
    ours, theirs = Told(both[0]), Told(both[1])
    story(ours)
    story(theirs)
    differing: list[tuple[Any, ...]] = []
    for (asked, status, content), (_, wanted, model) in zip(ours.answers, theirs.answers, strict=True):
        if (status, content.get("errors")) != (wanted, model.get("errors")):
            differing.append((asked, (status, content.get("errors")), (wanted, model.get("errors"))))
        elif missing := fields(model) - fields(content) - UNTOLD:
            differing.append((asked, missing, wanted))
    assert differing == []
