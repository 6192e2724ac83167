"""What no token may do to outlive or outdo the one it was made with."""

from datetime import timedelta
from threading import Thread

import pytest
from crypto_cast import Desk

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.tokens import LONGEST, Bearer, Token

MAKER = 'path "auth/token/*" { capabilities = ["create", "update"] }\n'
SUDO = 'path "auth/token/*" { capabilities = ["create", "update", "sudo"] }\n'
MAKE = "auth/token/create"


def alive(desk: Desk, token: str) -> bool:
    return desk("GET", "auth/token/lookup-self", token=token).status == 200


def test_without_a_period_no_renewal_goes_beyond_thirty_two_days(desk: Desk) -> None:
    token = desk.token(MAKER, ttl="20d")
    desk.clock.move(timedelta(days=19))
    left = desk("POST", "auth/token/renew-self", {"increment": "20d"}, token).json["auth"]["lease_duration"]
    assert left == LONGEST - 19 * 86_400
    desk.clock.move(timedelta(days=13))
    assert not alive(desk, token)


def test_names_of_policies_are_the_same_in_large_and_small_letters(desk: Desk) -> None:
    desk.token(MAKER)
    assert desk.post(MAKE, policies=[" Some ", ""]).json["auth"]["policies"] == ["default", "some"]
    assert "subset" in desk("POST", MAKE, {"policies": ["ROOT"]}, desk.token(MAKER)).error


def test_a_token_of_few_uses_makes_no_other(desk: Desk) -> None:
    token = desk.token(MAKER, num_uses=3)
    assert desk("POST", MAKE, {}, token).error == "restricted use token cannot generate child tokens"


def test_one_that_lives_for_ever_from_period_to_period_needs_sudo(desk: Desk) -> None:
    assert "periodic" in desk("POST", MAKE, {"period": "1h"}, desk.token(MAKER)).error
    assert desk("POST", MAKE, {"period": "1h"}, desk.token(SUDO)).status == 200


def test_leaving_children_alive_needs_sudo(desk: Desk) -> None:
    victim = desk.token(MAKER)
    assert "root or sudo" in desk("POST", "auth/token/revoke-orphan", {"token": victim}, desk.token(MAKER)).error
    assert alive(desk, victim)
    assert desk("POST", "auth/token/revoke-orphan", {"token": victim}, desk.token(SUDO)).status == 204


def test_a_root_token_that_ends_makes_none_that_does_not(desk: Desk) -> None:
    made = desk.post(MAKE, policies=["root"], ttl="1h").json["auth"]["client_token"]
    body = {"policies": ["root"], "no_parent": True}
    assert "expiring root tokens" in desk("POST", MAKE, body, made).error
    assert desk("POST", MAKE, {**body, "ttl": "1h"}, made).status == 200


def test_a_root_token_ends_at_its_explicit_end(desk: Desk) -> None:
    auth = desk.post(MAKE, policies=["root"], explicit_max_ttl="1h").json["auth"]
    assert auth["lease_duration"] == 3600
    desk.clock.move(timedelta(hours=1))
    assert not alive(desk, auth["client_token"])


@pytest.mark.parametrize("verb", ["revoke", "revoke-accessor", "revoke-orphan", "renew", "renew-accessor"])
def test_to_read_is_not_to_change(desk: Desk, verb: str) -> None:
    victim = desk.token(MAKER)
    accessor = desk("GET", "auth/token/lookup-self", token=victim).data["accessor"]
    reader = desk.token('path "auth/token/*" { capabilities = ["read"] }')
    assert desk("GET", f"auth/token/{verb}", {"token": victim, "accessor": accessor}, reader).status == 404
    assert alive(desk, victim)


def test_a_last_use_is_not_used_twice_by_two_processes(desk: Desk) -> None:
    token = desk.token(MAKER, num_uses=1)
    other = Desk(desk.folder, desk.clock)
    other.root, other.parts = desk.root, desk.parts
    other.unseal()
    # Both have read the token before either used it.
    assert desk.vault.tokens.bearer(token)
    assert other.vault.tokens.bearer(token)
    assert sorted([alive(desk, token), alive(other, token)]) == [False, True]


def test_a_child_is_not_left_behind_by_a_parent_revoked_meanwhile(desk: Desk) -> None:
    parent = desk.token(MAKER)
    bearer = desk.vault.tokens.bearer(parent)
    assert isinstance(bearer, Bearer)
    desk.vault.tokens.revoke(bearer.digest)
    made = desk.vault.tokens.make_child(Token("a", ("default",), desk.vault.now(), parent=bearer.digest))
    assert isinstance(made, Fault)


def test_a_wrapped_answer_is_shown_to_one_of_many_who_ask_at_once(desk: Desk) -> None:
    token = desk("POST", "sys/wrapping/wrap", {"a": "b"}, wrap="60").json["wrap_info"]["token"]
    statuses: list[int] = []
    threads = [
        Thread(target=lambda: statuses.append(desk("POST", "sys/wrapping/unwrap", {}, token).status)) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(statuses) == [200] + [400] * 7
