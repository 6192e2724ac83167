"""Tokens: made within what their maker may, ended in time, revoked with their children; answers wrapped once."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from crypto_cast import Desk, b64

READ = 'path "transit/keys/*" { capabilities = ["read"] }'
MAKER = 'path "auth/token/*" { capabilities = ["create", "update"] }\n' + READ


def looked_up(desk: Desk, token: str) -> Any:
    return desk("GET", "auth/token/lookup-self", token=token)


@pytest.mark.parametrize("token", ["", "nobody", "s." + "x" * 43, "密"])
def test_who_shows_no_known_token_is_denied(desk: Desk, token: str) -> None:
    shown = desk("GET", "transit/keys/k", token=token)
    assert (shown.status, shown.error) == (403, "permission denied")


def test_a_change_of_any_character_of_a_token_is_refused(desk: Desk) -> None:
    for place in range(len(desk.root)):
        letter = "A" if desk.root[place] != "A" else "B"
        assert looked_up(desk, desk.root[:place] + letter + desk.root[place + 1 :]).status == 403


def test_a_token_is_described_and_survives_a_restart(desk: Desk) -> None:
    token = desk.token(READ, ttl="1h", meta={"who": "办公室"}, display_name="app")
    shown = looked_up(desk, token).data
    assert shown["policies"] == ["default", "some"]
    assert (shown["ttl"], shown["creation_ttl"], shown["renewable"], shown["orphan"]) == (3600, 3600, True, False)
    assert (shown["meta"], shown["display_name"], shown["num_uses"]) == ({"who": "办公室"}, "token-app", 0)
    assert shown["expire_time"] == "2026-11-23T02:00:00.000Z"
    assert looked_up(desk.reopened().unseal(), token).data == shown


def test_a_token_ends_in_time_and_its_row_goes(desk: Desk) -> None:
    token = desk.token(READ, ttl=60)
    desk.clock.move(timedelta(seconds=59))
    assert looked_up(desk, token).data["ttl"] == 1
    desk.clock.move(timedelta(seconds=1))
    assert looked_up(desk, token).status == 403
    before = len(desk("LIST", "auth/token/accessors").data["keys"])
    desk.vault.keep_house()
    assert len(desk("LIST", "auth/token/accessors").data["keys"]) == before - 1


class TestRenewal:
    def test_a_token_lives_longer_when_renewed(self, desk: Desk) -> None:
        token = desk.token(READ, ttl="1h")
        desk.clock.move(timedelta(minutes=30))
        renewed = desk("POST", "auth/token/renew-self", {"increment": "2h"}, token).json["auth"]
        assert (renewed["lease_duration"], renewed["policies"]) == (7200, ["default", "some"])
        desk.clock.move(timedelta(minutes=119))
        assert looked_up(desk, token).status == 200
        assert desk.post("auth/token/renew", token=token).json["auth"]["lease_duration"] == 3600

    def test_not_beyond_its_explicit_end(self, desk: Desk) -> None:
        token = desk.token(READ, ttl="1h", explicit_max_ttl="90m")
        assert desk("POST", "auth/token/renew-self", {"increment": "8h"}, token).json["auth"]["lease_duration"] == 5400

    def test_a_periodic_token_lives_from_period_to_period(self, desk: Desk) -> None:
        token = desk.token(READ, period="1h")
        for _ in range(50):
            desk.clock.move(timedelta(minutes=59))
            assert desk("POST", "auth/token/renew-self", {}, token).status == 200
        assert looked_up(desk, token).data["period"] == 3600

    def test_one_that_is_not_renewable_or_unknown_is_refused(self, desk: Desk) -> None:
        token = desk.token(READ, ttl="1h", renewable=False)
        assert desk("POST", "auth/token/renew-self", {}, token).error == "lease is not renewable"
        assert desk.post("auth/token/renew", token="nobody").error == "token not found"
        assert desk("POST", "auth/token/renew-self", {"increment": "soon"}, token).status == 400


class TestUses:
    def test_a_token_of_two_uses_works_twice(self, desk: Desk) -> None:
        token = desk.token(READ, num_uses=2)
        assert [looked_up(desk, token).status for _ in range(3)] == [200, 200, 403]

    def test_uses_survive_a_restart(self, desk: Desk) -> None:
        token = desk.token(READ, num_uses=2)
        looked_up(desk, token)
        again = desk.reopened().unseal()
        assert [looked_up(again, token).status for _ in range(2)] == [200, 403]


class TestMaking:
    def test_a_token_makes_none_that_may_more_than_itself(self, desk: Desk) -> None:
        desk("PUT", "sys/policies/acl/wide", {"policy": 'path "*" { capabilities = ["read"] }'})
        token = desk.token(MAKER)
        make = "auth/token/create"
        assert "subset" in desk("POST", make, {"policies": ["wide"]}, token).error
        assert "subset" in desk("POST", make, {"policies": ["root"]}, token).error
        assert "orphan" in desk("POST", make, {"no_parent": True}, token).error
        assert desk("POST", "auth/token/create-orphan", {}, token).json["auth"]["orphan"] is True
        assert "subset" in desk("POST", "auth/token/create-orphan", {"policies": ["wide"]}, token).error
        child = desk("POST", make, {}, token).json["auth"]
        assert child["policies"] == ["default", "some"]

    def test_root_makes_root_and_orphans(self, desk: Desk) -> None:
        made = desk.post("auth/token/create", policies=["root"], no_parent=True).json["auth"]
        assert (made["policies"], made["orphan"], made["lease_duration"]) == (["root"], True, 0)
        bare = desk.post("auth/token/create", policies=["x"], no_default_policy=True).json["auth"]
        assert bare["policies"] == ["x"]

    @pytest.mark.parametrize("body", [{"ttl": "soon"}, {"num_uses": -1}, {"policies": "x"}, {"ttl": "2000000h"}])
    def test_wishes_that_make_no_sense_are_refused(self, desk: Desk, body: Any) -> None:
        assert desk("POST", "auth/token/create", body).status == 400

    def test_no_token_but_root_lives_over_thirty_two_days(self, desk: Desk) -> None:
        made = desk.post("auth/token/create", policies=["x"], ttl="9000h").json["auth"]
        assert made["lease_duration"] == 32 * 24 * 3600
        asked = desk.post("auth/token/create", policies=["x"], ttl="9000h").json
        assert "exceeded the effective max_ttl of 2764800s" in asked["warnings"][0]
        assert desk.post("auth/token/create", policies=["x"], ttl="1h").json["warnings"] is None


class TestRevocation:
    def test_a_revoked_token_and_its_children_end(self, desk: Desk) -> None:
        parent = desk.token(MAKER)
        child = desk("POST", "auth/token/create", {}, parent).json["auth"]["client_token"]
        grandchild = desk("POST", "auth/token/create", {}, child).json["auth"]["client_token"]
        assert desk.post("auth/token/revoke", token=parent).status == 204
        assert [looked_up(desk, one).status for one in (parent, child, grandchild)] == [403] * 3

    def test_children_can_be_left_alive(self, desk: Desk) -> None:
        parent = desk.token(MAKER)
        child = desk("POST", "auth/token/create", {}, parent).json["auth"]["client_token"]
        assert desk.post("auth/token/revoke-orphan", token=parent).status == 204
        assert looked_up(desk, parent).status == 403
        assert looked_up(desk, child).data["orphan"] is True

    def test_a_token_ends_itself_or_is_ended_by_its_accessor(self, desk: Desk) -> None:
        token = desk.token(READ)
        assert desk("POST", "auth/token/revoke-self", {}, token).status == 204
        assert looked_up(desk, token).status == 403
        other = desk.token(READ)
        accessor = looked_up(desk, other).data["accessor"]
        shown = desk.post("auth/token/lookup-accessor", accessor=accessor).data
        assert (shown["id"], shown["accessor"]) == ("", accessor)
        assert desk.post("auth/token/revoke-accessor", accessor=accessor).status == 204
        assert looked_up(desk, other).status == 403

    def test_what_is_not_there_is_said_as_transit_says_it(self, desk: Desk) -> None:
        assert desk.post("auth/token/revoke", token="nobody").status == 204
        gone = desk.post("auth/token/revoke-accessor", accessor="nobody")
        assert gone.json["warnings"] == ["No token found with this accessor"]
        assert desk.post("auth/token/lookup", token="nobody").error == "bad token"
        assert "invalid accessor" in desk.post("auth/token/lookup-accessor", accessor="nobody").error
        assert desk.post("auth/token/lookup").status == 200
        assert desk("GET", "auth/token/nope/x").status == 404


class TestWrapping:
    def test_a_wrapped_answer_is_shown_once(self, desk: Desk) -> None:
        desk.key("k")
        wrapped = desk("GET", "transit/keys/k", wrap="5m").json
        assert wrapped["data"] is None
        info = wrapped["wrap_info"]
        assert (info["ttl"], info["creation_path"]) == (300, "transit/keys/k")
        looked = desk("POST", "sys/wrapping/lookup", {"token": info["token"]}, "").data
        assert (looked["creation_path"], looked["creation_ttl"]) == ("transit/keys/k", 300)
        assert desk("POST", "sys/wrapping/unwrap", {}, info["token"]).data["name"] == "k"
        again = desk("POST", "sys/wrapping/unwrap", {}, info["token"])
        assert again.error == "wrapping token is not valid or does not exist"

    def test_a_wrapping_token_opens_nothing_else(self, desk: Desk) -> None:
        desk.key("k")
        token = desk("GET", "transit/keys/k", wrap="60").json["wrap_info"]["token"]
        assert desk("GET", "transit/keys/k", token=token).status == 403
        assert looked_up(desk, token).status == 403

    def test_a_wrapped_answer_goes_when_its_time_is_over(self, desk: Desk) -> None:
        token = desk("POST", "sys/wrapping/wrap", {"a": "b"}, wrap="60").json["wrap_info"]["token"]
        desk.clock.move(timedelta(seconds=60))
        assert desk("POST", "sys/wrapping/unwrap", {"token": token}, "").status == 400
        assert desk("POST", "sys/wrapping/lookup", {"token": token}, "").status == 400

    def test_anything_can_be_wrapped_and_wrapped_again(self, desk: Desk) -> None:
        first = desk("POST", "sys/wrapping/wrap", {"a": "b"}, wrap="60").json["wrap_info"]["token"]
        second = desk("POST", "sys/wrapping/rewrap", {"token": first}).json["wrap_info"]["token"]
        assert desk("POST", "sys/wrapping/unwrap", {"token": first}, "").status == 400
        assert desk("POST", "sys/wrapping/unwrap", {"token": second}, "").data == {"a": "b"}

    def test_a_rewrapped_token_is_not_wrapped_twice(self, desk: Desk) -> None:
        first = desk("POST", "sys/wrapping/wrap", {"a": "b"}, wrap="60").json["wrap_info"]["token"]
        second = desk("POST", "sys/wrapping/rewrap", {"token": first}, wrap="60").json["wrap_info"]["token"]
        assert desk("POST", "sys/wrapping/unwrap", {}, second).data == {"a": "b"}

    def test_a_new_token_can_be_handed_over_wrapped(self, desk: Desk) -> None:
        wrapped = desk("POST", "auth/token/create", {"policies": ["some"]}, wrap="60").json["wrap_info"]["token"]
        made = desk("POST", "sys/wrapping/unwrap", {}, wrapped).json["auth"]["client_token"]
        assert looked_up(desk, made).status == 200

    def test_where_there_is_nothing_to_show_nothing_is_wrapped(self, desk: Desk) -> None:
        assert desk("DELETE", "sys/policies/acl/none", wrap="60").status == 204

    def test_wishes_that_make_no_sense_are_refused(self, desk: Desk) -> None:
        assert desk("GET", "auth/token/lookup-self", wrap="soon").status == 400
        assert desk("POST", "sys/wrapping/wrap", {"a": "b"}).status == 400
        assert desk("POST", "sys/wrapping/unwrap", {"token": desk.root}).status == 400


def test_a_copy_of_the_store_lets_nobody_in(desk: Desk) -> None:
    token = desk.token(READ)
    desk.vault.close()
    with sqlite3.connect(desk.folder / "keys.db") as file:
        paths = [path for (path,) in file.execute("SELECT path FROM sealed_rows WHERE path LIKE 'token/%'")]
    file.close()
    again = Desk(desk.folder, desk.clock)
    again.parts = desk.parts
    again.unseal()
    assert len(paths) == 2
    for path in paths:
        digest = path.removeprefix("token/")
        assert looked_up(again, digest).status == 403
        assert looked_up(again, f"s.{digest}").status == 403
    assert looked_up(again, token).status == 200


class TestMounts:
    def test_tenants_have_keys_of_the_same_name_and_neither_opens_the_others(self, desk: Desk) -> None:
        for path in ("bureau/a", "bureau/b"):
            assert desk("POST", f"sys/mounts/{path}", {"type": "transit", "description": "甲"}).status == 204
            desk("POST", f"{path}/keys/k", {})
        ciphertext = desk("POST", "bureau/a/encrypt/k", {"plaintext": b64("x")}).data["ciphertext"]
        assert desk("POST", "bureau/a/decrypt/k", {"ciphertext": ciphertext}).status == 200
        assert desk("POST", "bureau/b/decrypt/k", {"ciphertext": ciphertext}).status == 400
        assert desk("GET", "sys/mounts").data["bureau/a/"]["description"] == "甲"

    def test_a_removed_mount_takes_its_keys_along(self, desk: Desk) -> None:
        desk.key("k")
        identifier = desk.mount.identifier
        assert desk("DELETE", "sys/mounts/transit").status == 204
        assert "no handler" in desk("GET", "transit/keys/k").error
        rows = desk.vault.barrier.rows
        assert rows.under(f"space/{identifier}/") == {}
        assert rows.get(f"kek/{identifier}") is None
        assert desk("DELETE", "sys/mounts/none").status == 204

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("transit", {"type": "transit"}),
            ("transit/inner", {"type": "transit"}),
            ("sys/x", {"type": "transit"}),
            ("auth/x", {"type": "transit"}),
            ("密", {"type": "transit"}),
            ("x", {"type": "kv"}),
            ("x", {}),
        ],
    )
    def test_a_mount_that_makes_no_sense_is_refused(self, desk: Desk, path: str, body: Any) -> None:
        assert desk("POST", f"sys/mounts/{path}", body).status == 400

    def test_clients_find_a_mount_before_they_use_it(self, desk: Desk) -> None:
        shown = desk("GET", "sys/internal/ui/mounts/transit/keys/k").data
        assert (shown["path"], shown["type"]) == ("transit/", "transit")
        assert "transit/" in desk("GET", "sys/internal/ui/mounts").data["secret"]
        stranger = desk.token('path "other/*" { capabilities = ["read"] }')
        assert desk("GET", "sys/internal/ui/mounts/transit", token=stranger).status == 403
        assert desk("GET", "sys/internal/ui/mounts/none").status == 403
        assert desk("GET", "sys/mounts/transit").data["type"] == "transit"
        assert desk("GET", "sys/mounts/transit/tune").data["max_lease_ttl"] > 0
        assert desk("GET", "sys/mounts/none").status == 400
        assert desk("GET", "sys/auth").data["token/"]["type"] == "token"
        assert desk("GET", "sys/nope").status == 404
