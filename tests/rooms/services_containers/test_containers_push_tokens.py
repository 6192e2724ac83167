"""Push tokens say who made them, until when they hold and when they were last used; only their digest is kept."""

import sqlite3
from pathlib import Path

import pytest

from yunyue.answer import Refused
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.tokens import MOST, USED_MS, PushToken, PushTokens

DAY = 86_400_000


class Clock:
    """A hand that the test moves."""

    def __init__(self) -> None:
        self.at = 1_000_000

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> PushTokens:
    return PushTokens(Store(tmp_path), clock)


def only(tokens: PushTokens) -> PushToken:
    (one,) = tokens.all("po-1")
    return one


def test_a_token_says_who_made_it_when_and_until_when(tokens: PushTokens, clock: Clock) -> None:
    assert isinstance(tokens.issue("po-1", "ci", "user:7", clock.at + DAY), str)
    assert only(tokens) == PushToken("ci", clock.at, 0, "user:7", clock.at + DAY, 0)


def test_it_opens_nothing_from_the_moment_it_expires(tokens: PushTokens, clock: Clock) -> None:
    given = tokens.issue("po-1", "ci", expires=clock.at + DAY)
    assert isinstance(given, str)
    clock.at += DAY - 1
    assert tokens.holds("po-1", given)
    assert only(tokens).holds_at(clock.at)
    clock.at += 1
    assert not tokens.holds("po-1", given)
    assert not only(tokens).holds_at(clock.at)


def test_the_name_of_one_that_expired_may_be_given_again(tokens: PushTokens, clock: Clock) -> None:
    tokens.issue("po-1", "ci", expires=clock.at + DAY)
    assert isinstance(tokens.issue("po-1", "ci"), Refused)
    clock.at += DAY
    fresh = tokens.issue("po-1", "ci")
    assert isinstance(fresh, str)
    assert tokens.holds("po-1", fresh)


def test_an_end_that_is_past_is_refused(tokens: PushTokens, clock: Clock) -> None:
    refused = tokens.issue("po-1", "ci", expires=clock.at)
    assert isinstance(refused, Refused)
    assert refused.field == "expires"
    assert tokens.all("po-1") == ()


@pytest.mark.parametrize("name", ["", "CI", "a b", "-a", "a/b", "x" * 65, "ci\n", "令牌"])
def test_what_no_token_is_called_is_refused_by_field(tokens: PushTokens, name: str) -> None:
    refused = tokens.issue("po-1", name)
    assert isinstance(refused, Refused)
    assert refused.field == "name"


def test_its_last_use_is_noted_to_the_minute(tokens: PushTokens, clock: Clock) -> None:
    given = tokens.issue("po-1", "ci")
    assert isinstance(given, str)
    assert not tokens.holds("po-1", "another")
    assert not tokens.holds("po-2", given)
    assert only(tokens).used == 0
    first = clock.at
    assert tokens.holds("po-1", given)
    clock.at += USED_MS - 1
    assert tokens.holds("po-1", given)
    assert only(tokens).used == first
    clock.at += 1
    assert tokens.holds("po-1", given)
    assert only(tokens).used == clock.at


def test_those_that_expired_or_were_withdrawn_do_not_count(tokens: PushTokens, clock: Clock) -> None:
    for number in range(MOST):
        assert isinstance(tokens.issue("po-1", f"t{number}", expires=clock.at + DAY), str)
    assert isinstance(tokens.issue("po-1", "more"), Refused)
    assert tokens.withdraw("po-1", "t0") is None
    assert isinstance(tokens.issue("po-1", "more"), str)
    clock.at += DAY
    assert isinstance(tokens.issue("po-1", "again"), str)


def test_a_table_made_before_these_columns_keeps_its_tokens(tmp_path: Path, clock: Clock) -> None:
    store = Store(tmp_path)
    with store.change() as db:
        db.execute(
            "CREATE TABLE push_tokens (project TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,"
            " made INTEGER NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (project, name)) STRICT"
        )
        db.execute("INSERT INTO push_tokens VALUES ('po-1', 'old', 'd', 5, 0)")
    assert only(PushTokens(store, clock)) == PushToken("old", 5, 0)
    assert only(PushTokens(store, clock)).holds_at(clock.at)


def test_the_secret_itself_is_nowhere_in_the_file(tmp_path: Path, clock: Clock) -> None:
    given = PushTokens(Store(tmp_path), clock).issue("po-1", "ci")
    assert isinstance(given, str)
    with sqlite3.connect(tmp_path / "state.sqlite") as db:
        assert given not in str(db.execute("SELECT * FROM push_tokens").fetchall())
