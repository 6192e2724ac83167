"""Policies: the most specific path decides, deny comes first, and text that cannot be enforced is refused."""

import pytest
from crypto_cast import Desk, b64
from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.policy import Acl
from yunyue.services.crypto.policy_text import CAPABILITIES, Rules, read_policy


def rules(text: str) -> Rules:
    read = read_policy(text)
    assert not isinstance(read, Fault), read
    return read


def fault(text: str) -> str:
    read = read_policy(text)
    assert isinstance(read, Fault)
    return read.reason


def one(path: str, *capabilities: str) -> str:
    listed = ", ".join(f'"{name}"' for name in capabilities)
    return f'path "{path}" {{ capabilities = [{listed}] }}\n'


class TestText:
    def test_hcl_is_read_with_comments_and_many_paths(self) -> None:
        text = """
        # a comment
        name = "app"
        path "a/*" { // another
          capabilities = ["read", "list",]
        } /* and
        a third */ path "b/+/c" { policy = "write" }
        """
        write = frozenset({"create", "read", "update", "delete", "list"})
        assert rules(text) == {"a/*": frozenset({"read", "list"}), "b/+/c": write}

    def test_json_is_read_too(self) -> None:
        assert rules('{"path": {"a": {"capabilities": ["read"]}}}') == {"a": frozenset({"read"})}

    def test_deny_leaves_nothing_else(self) -> None:
        assert rules(one("a", "read", "deny", "sudo")) == {"a": frozenset({"deny"})}

    def test_a_path_named_twice_gets_both(self) -> None:
        assert rules(one("a", "read") + one("a", "list")) == {"a": frozenset({"read", "list"})}

    def test_no_rules_are_rules_too(self) -> None:
        assert rules("") == {}

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ('path "x" {', "expected closing RBRACE"),
            ('path "x" { capabilities = ["read" }', "expected text in quotes"),
            ('path "x" { capabilities = [', "expected closing RBRACE"),
            ("path x { }", "expected text in quotes"),
            ('path "x" capabilities', "expected {"),
            ('paths "x" { }', 'invalid key "paths"'),
            ('path "x" { capabilities = ["fly"] }', 'invalid capability "fly"'),
            ('path "x" { capabilities = "read" }', "capabilities are a list"),
            ('path "x" { policy = "fly" }', "invalid capability"),
            ('path "x" { capabilities = ["read"] allowed_parameters = { "a" = [] } }', "cannot be enforced"),
            ('path "x" { required_parameters = ["a"] }', "cannot be enforced"),
            ('path "x*y" { capabilities = ["read"] }', "invalid use of wildcards"),
            ('path "x/+*" { capabilities = ["read"] }', "invalid use of wildcards"),
            ("path 'x' { }", "line 1: unexpected"),
            ("{ bad json", "Expecting"),
            ('{"path": []}', "holds paths"),
            ('{"path": {"a": 1}}', "holds an object"),
            ('{"rule": {}}', "holds paths"),
            ('{"path": {"a": {"capabilities": ["read"], "min_wrapping_ttl": "1h"}}}', "cannot be enforced"),
            ("#" * 100_001, "longer than"),
            ('path "x" ' + "{ a " * 20_000, "no deeper nesting"),
            ('path "x" { a = ' + "{ a = " * 10_000, "no deeper nesting"),
            ('{"path": ' + "[" * 50_000, "recursion"),
        ],
    )
    def test_what_is_wrong_is_said(self, text: str, reason: str) -> None:
        assert reason in fault(text)

    @given(st.text(max_size=200))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        read = read_policy(text)
        assert isinstance(read, Fault) or all(set(found) <= set(CAPABILITIES) for found in read.values())


class TestDecision:
    @pytest.mark.parametrize(
        ("text", "path", "wanted"),
        [
            (one("a", "read"), "a", {"read"}),
            (one("a", "read"), "a/b", {"deny"}),
            (one("a/*", "read"), "a/b/c", {"read"}),
            (one("a/*", "read"), "a", {"deny"}),
            (one("a*", "read"), "abc", {"read"}),
            (one("a/+/c", "read"), "a/b/c", {"read"}),
            (one("a/+/c", "read"), "a/b/b/c", {"deny"}),
            (one("a/+/c", "read"), "a//c", {"deny"}),
            (one("+/b/*", "read"), "a/b/c/d", {"read"}),
            (one("*", "read"), "anything", {"read"}),
            (one("a.c", "read"), "abc", {"deny"}),
            (one("transit/encrypt/a", "update") + one("transit/*", "deny"), "transit/encrypt/a", {"update"}),
            (one("transit/*", "update") + one("transit/keys/secret", "deny"), "transit/keys/secret", {"deny"}),
            (one("a/b*", "read") + one("a/*", "list"), "a/bc", {"read"}),
            (one("a/+/c", "read") + one("a/b/*", "list"), "a/b/c", {"list"}),
            (one("a/+/c", "read") + one("a/*", "list"), "a/b/c", {"read"}),
            (one("+/+/c", "read") + one("+/b/c", "list"), "a/b/c", {"list"}),
            (one("a", "read"), "", {"deny"}),
            ('path "a" { capabilities = [] }' + one("*", "read"), "a", {"deny"}),
            ("", "a", {"deny"}),
        ],
    )
    def test_the_most_specific_path_decides(self, text: str, path: str, wanted: set[str]) -> None:
        assert Acl([rules(text)]).capabilities(path) == wanted

    def test_policies_add_up_and_deny_comes_first(self) -> None:
        read, listing, deny = (rules(one("a/*", name)) for name in ("read", "list", "deny"))
        assert Acl([read, listing]).capabilities("a/b") == {"read", "list"}
        assert Acl([read, listing, deny]).capabilities("a/b") == {"deny"}
        assert Acl([deny, read]).capabilities("a/b") == {"deny"}

    def test_root_may_do_everything(self) -> None:
        acl = Acl([], root=True)
        assert acl.capabilities("anything") == {"root"}
        assert acl.allows("delete", "sys/seal")
        assert acl.reaches("anything/")

    def test_some_paths_need_sudo_as_well(self) -> None:
        assert not Acl([rules(one("sys/*", "update"))]).allows("update", "sys/seal")
        assert Acl([rules(one("sys/*", "update", "sudo"))]).allows("update", "sys/seal")

    def test_a_mount_is_reached_by_any_rule_that_allows_something_under_it(self) -> None:
        assert Acl([rules(one("transit/keys/a", "read"))]).reaches("transit/")
        assert Acl([rules(one("*", "read"))]).reaches("transit/")
        assert Acl([rules(one("+/keys/a", "read"))]).reaches("transit/")
        assert not Acl([rules(one("transit/*", "deny"))]).reaches("transit/")
        assert not Acl([rules(one("other/*", "read"))]).reaches("transit/")

    def test_many_paths_do_not_fill_the_memory(self) -> None:
        acl = Acl([rules(one("a/*", "read"))])
        assert all(acl.allows("read", f"a/{number}") for number in range(10_000))
        assert len(acl._kept) <= 4096


class TestOverTheWire:
    def test_a_token_does_what_its_policy_allows_and_no_more(self, desk: Desk) -> None:
        desk.key("app")
        desk.key("secret")
        token = desk.token(one("transit/encrypt/app", "update"))
        assert desk("POST", "transit/encrypt/app", {"plaintext": b64("x")}, token).status == 200
        for method, path in (
            ("POST", "transit/encrypt/secret"),
            ("POST", "transit/decrypt/app"),
            ("GET", "transit/keys/app"),
            ("LIST", "transit/keys"),
            ("GET", "sys/mounts"),
            ("PUT", "sys/seal"),
            ("GET", "nowhere/x"),
            ("GET", "transit/nope"),
        ):
            shown = desk(method, path, {"plaintext": b64("x")}, token)
            assert (shown.status, "permission denied" in shown.error) == (403, True), path

    def test_making_a_key_by_using_it_needs_create(self, desk: Desk) -> None:
        update, create = desk.token(one("transit/encrypt/*", "update")), ""
        assert desk("POST", "transit/encrypt/new", {"plaintext": b64("x")}, update).status == 403
        create = desk.token(one("transit/encrypt/*", "create"))
        assert desk("POST", "transit/encrypt/new", {"plaintext": b64("x")}, create).status == 200
        assert desk("POST", "transit/encrypt/new", {"plaintext": b64("x")}, create).status == 403

    def test_a_changed_policy_holds_at_once(self, desk: Desk) -> None:
        desk.key("k")
        token = desk.token(one("transit/keys/k", "read"))
        assert desk("GET", "transit/keys/k", token=token).status == 200
        desk("PUT", "sys/policies/acl/some", {"policy": one("transit/keys/k", "deny")})
        assert desk("GET", "transit/keys/k", token=token).status == 403
        desk("DELETE", "sys/policies/acl/some")
        assert desk("GET", "transit/keys/k", token=token).status == 403

    def test_capabilities_are_told(self, desk: Desk) -> None:
        token = desk.token(one("a/*", "read", "update"))
        shown = desk("POST", "sys/capabilities-self", {"paths": ["a/b", "c"]}, token)
        assert shown.json["a/b"] == ["read", "update"]
        assert shown.data == {"a/b": ["read", "update"], "c": ["deny"]}
        assert desk("POST", "sys/capabilities-self", {"path": "a/b"}, token).data["capabilities"] == ["read", "update"]
        assert desk.post("sys/capabilities", token=token, paths=["a/b"]).data["a/b"] == ["read", "update"]
        assert desk.post("sys/capabilities", token="nobody", paths=["a/b"]).status == 400
        assert desk.post("sys/capabilities-self").error == "paths must be supplied"

    def test_policies_are_written_read_listed_and_removed(self, desk: Desk) -> None:
        text = one("a", "read")
        assert desk("PUT", "sys/policy/Old", {"rules": text}).status == 204
        assert desk("GET", "sys/policy/old").data == {"name": "old", "rules": text}
        assert desk("GET", "sys/policies/acl/old").data == {"name": "old", "policy": text}
        assert desk("LIST", "sys/policies/acl").data == {"keys": ["default", "old", "root"]}
        assert desk("GET", "sys/policy").data["policies"] == ["default", "old", "root"]
        assert desk("DELETE", "sys/policies/acl/old").status == 204
        assert desk("GET", "sys/policies/acl/old").status == 404
        assert desk("GET", "sys/policies/acl/default").status == 200
        assert "cannot delete" in desk("DELETE", "sys/policies/acl/root").error
        assert "cannot update" in desk("PUT", "sys/policies/acl/root", {"policy": text}).error
        assert "not supplied" in desk("PUT", "sys/policies/acl/x", {}).error
        assert "invalid capability" in desk("PUT", "sys/policies/acl/x", {"policy": one("a", "fly")}).error
