"""However a path is written, the same policy decides; lists come in parts; names of keys are names everywhere."""

from typing import Any

import pytest
from crypto_cast import Desk, b64
from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.crypto.ask import Answer
from yunyue.services.crypto.exchange import plain
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.paging import paged
from yunyue.services.crypto.policy import Acl
from yunyue.services.crypto.policy_text import read_policy

ALL = '["create", "read", "update", "delete", "list"]'
WIDE = f'path "transit/*" {{ capabilities = {ALL} }}\n'
GUARDED = (
    WIDE
    + 'path "transit/keys/secret" { capabilities = ["deny"] }\n'
    + 'path "transit/keys/secret/*" { capabilities = ["deny"] }\n'
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "transit/keys/secret/"),
        ("GET", "transit/keys//secret"),
        ("GET", "transit//keys/secret"),
        ("POST", "transit/keys//secret/rotate"),
        ("POST", "transit/keys/secret//rotate"),
        ("POST", "transit/keys/secret/rotate/"),
        ("GET", "//transit/keys/secret"),
        ("DELETE", "transit/keys/secret/"),
    ],
)
def test_no_way_to_write_a_path_gets_around_a_denial(desk: Desk, method: str, path: str) -> None:
    desk.key("secret")
    token = desk.token(GUARDED)
    assert desk(method, path, {}, token).status == 403
    assert desk("GET", "transit/keys/secret").data["latest_version"] == 1


@pytest.mark.parametrize("path", ["sys/policies/acl/GUARD", "sys/policies/acl/guard/", "sys/policy/Guard"])
def test_no_way_to_write_a_policys_name_gets_around_a_denial(desk: Desk, path: str) -> None:
    denied = "".join(
        f'path "{one}/guard" {{ capabilities = ["deny"] }}\n' for one in ("sys/policies/acl", "sys/policy")
    )
    token = desk.token(f'path "sys/pol*" {{ capabilities = {ALL} }}\n' + denied)
    assert desk("PUT", path, {"policy": WIDE}, token).status == 403
    assert desk("PUT", "sys/policies/acl/other", {"policy": WIDE}, token).status == 204


def test_a_path_with_slashes_too_many_means_the_plain_one(desk: Desk) -> None:
    desk.key("k")
    assert desk("GET", "transit//keys/k/").data["name"] == "k"
    assert desk("LIST", "transit/keys/").data == {"keys": ["k"]}


@given(st.text(alphabet="ab/", max_size=12))
def test_a_plain_path_has_no_empty_segment_and_stays_as_it_is(path: str) -> None:
    assert plain(plain(path)) == plain(path)
    assert "" not in plain(path).split("/") or not plain(path)
    assert plain(path).replace("/", "") == path.replace("/", "")


class TestPolicies:
    def test_a_rule_with_a_slash_in_front_means_the_path_without(self, desk: Desk) -> None:
        desk.key("secret")
        token = desk.token(WIDE + 'path "/transit/keys/secret" { capabilities = ["deny"] }')
        assert desk("GET", "transit/keys/secret", token=token).status == 403

    def test_a_template_is_refused_and_not_left_without_effect(self) -> None:
        read = read_policy('path "a/{{identity.entity.id}}" { capabilities = ["deny"] }')
        assert isinstance(read, Fault)
        assert "templates" in read.reason

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("transit/keys", True),
            ("transit/keys/", True),
            ("transit/keys/*", True),
            ("transit/*", True),
            ("+/keys", True),
            ("+/keys/", True),
            ("transit/keys/k", False),
            ("transit/key", False),
        ],
    )
    def test_keys_are_listed_by_any_rule_transit_lists_them_by(self, path: str, allowed: bool) -> None:
        rules = read_policy(f'path "{path}" {{ capabilities = ["list"] }}')
        assert not isinstance(rules, Fault)
        assert Acl([rules]).allows("list", "transit/keys") is allowed

    def test_only_lists_are_looked_up_with_a_slash_behind(self) -> None:
        rules = read_policy(f'path "transit/keys/*" {{ capabilities = {ALL} }}')
        assert not isinstance(rules, Fault)
        assert not Acl([rules]).allows("read", "transit/keys")


class TestNames:
    @pytest.mark.parametrize("name", ["a b", "密", "a\0b", "-a", "a.", "..", "x" * 129])
    def test_a_name_no_key_may_have_makes_none_by_being_used(self, desk: Desk, name: str) -> None:
        assert desk("POST", f"transit/encrypt/{name}", {"plaintext": b64("x")}).status == 404
        rows = desk.vault.barrier.rows.under(f"space/{desk.mount.identifier}/")
        assert rows == {}

    @pytest.mark.parametrize(
        "path", ["keys/{}", "decrypt/{}", "sign/{}", "datakey/wrapped/{}", "restore/{}", "keys/{}/import"]
    )
    def test_no_path_takes_such_a_name(self, desk: Desk, path: str) -> None:
        assert desk("POST", "transit/" + path.format("a b"), {"backup": "x"}).status == 404


class TestLists:
    def test_a_list_comes_in_parts(self, desk: Desk) -> None:
        for name in ("a", "b", "c"):
            desk.key(name)
        assert desk("GET", "transit/keys?list=true&limit=2").data == {"keys": ["a", "b"]}
        assert desk("GET", "transit/keys?list=true&limit=2&after=b").data == {"keys": ["c"]}
        assert desk("GET", "transit/keys?list=true&after=a").data == {"keys": ["b", "c"]}
        assert desk("GET", "transit/keys?list=true&limit=-1").data == {"keys": ["a", "b", "c"]}
        assert desk("GET", "transit/keys?list=true&after=c").status == 404
        assert desk("GET", "transit/keys?list=true&limit=many").status == 400
        shown = desk("GET", "sys/policies/acl?list=true&limit=1").json
        assert shown["keys"] == shown["data"]["keys"] == ["default"]

    @given(st.sets(st.text(alphabet="abc", min_size=1, max_size=3)), st.integers(1, 5))
    def test_the_parts_are_the_whole(self, names: set[str], limit: int) -> None:
        told: dict[str, Any] = {name: len(name) for name in names}
        whole = Answer({"keys": sorted(names), "key_info": told})
        found: list[str] = []
        while isinstance(part := paged(whole, {"after": found[-1] if found else "", "limit": str(limit)}), Answer):
            assert part.content is not None
            assert list(part.content["key_info"]) == part.content["keys"]
            assert 0 < len(part.content["keys"]) <= limit
            found += part.content["keys"]
        assert found == sorted(names)


def test_what_the_cache_is_and_who_serves_is_said_honestly(desk: Desk) -> None:
    assert desk("GET", "transit/cache-config").data == {"size": 0}
    assert desk.post("transit/cache-config", size=0).status == 200
    assert "only 0" in desk.post("transit/cache-config", size=500).error
    (node,) = desk("GET", "sys/ha-status").data["nodes"]
    assert node["active_node"] is True


def test_texts_wrapped_into_lines_are_read(desk: Desk) -> None:
    desk.key("k")
    wrapped = b64("x" * 100)
    wrapped = wrapped[:76] + "\r\n" + wrapped[76:] + "\n"
    ciphertext = desk.post("transit/encrypt/k", plaintext=wrapped).data["ciphertext"]
    assert desk.decrypt("k", ciphertext).data["plaintext"] == b64("x" * 100)
    assert "illegal base64" in desk.post("transit/encrypt/k", plaintext="eA= =\n").error


def test_a_body_that_breaks_off_behind_its_fault_is_the_askers(desk: Desk) -> None:
    desk.key("k")
    for body in (b'{"plaintext": [null], ', b'{"plaintext": [null], "x": ' + b"[" * 5000 + b"]" * 5000 + b"}"):
        assert desk("POST", "transit/encrypt/k", body).status == 400
