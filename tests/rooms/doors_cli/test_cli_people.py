"""Accounts, tokens, proposals and registers at a terminal: each act on record, no duty passed over in silence."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cli_cast import CONTRACT, DOCUMENT, Terminal, session

NAME = "beijing-2024"


def installation_facts(terminal: Terminal) -> list[dict[str, Any]]:
    """What was noted of the accounts, as plain values."""
    with closing(sqlite3.connect(terminal.home / "journal.sqlite")) as db:
        leaves = [json.loads(row[0]) for row in db.execute("SELECT leaf FROM leaves")]
    return [one for one in leaves if one["type"].startswith("account.")]


def test_an_account_lives_and_ends_at_the_terminal_and_every_act_is_a_fact(terminal: Terminal) -> None:
    done = session(
        terminal,
        ("account", "add", "ann", "audit_administrator"),
        ("account", "reset", "ann"),
        ("account", "factors", "ann", "--remove"),
        ("account", "sessions", "ann"),
        ("account", "sessions", "ann", "--end", "7"),
        ("account", "unlock", "ann"),
        ("account", "disable", "ann"),
        ("account", "disable", "ann"),
        ("account", "reset", "nobody"),
    )
    assert [code for code, _answer in done] == [0, 0, 0, 0, 1, 0, 0, 1, 1]
    assert done[0][1]["password"] != done[1][1]["password"]
    assert done[4][1]["refused"]["field"] == "number"
    assert done[7][1]["refused"]["reason"] == "this account is disabled already"
    assert done[8][1]["refused"]["field"] == "NAME"
    found = installation_facts(terminal)
    assert [one["type"].split(".", 1)[1] for one in found] == ["opened", "password.reset", "disabled"]
    assert {one["source"] for one in found} == {"/cli/accounts"}
    assert all(one["actor"].startswith("cli:") for one in found)
    assert '"ann"' not in json.dumps(found)


def test_a_token_is_made_listed_and_revoked_at_the_terminal(terminal: Terminal) -> None:
    done = session(
        terminal,
        ("account", "add", "eve", "engineer"),
        ("token", "make", "eve", "facts:read", "--days", "3", "--for", "backup"),
        ("token", "list"),
        ("token", "revoke", "{1[number]}"),
        ("token", "revoke", "{1[number]}"),
        ("token", "revoke", "99"),
        ("token", "make", "eve", "all:write"),
    )
    (listed,) = done[2][1]
    assert (listed["account"], listed["state"], listed["name"]) == ("eve", "active", "backup")
    assert done[1][1]["token"] not in json.dumps(listed)
    assert [code for code, _answer in done[3:]] == [0, 1, 1, 1]
    assert [answer["refused"]["field"] for _code, answer in done[4:]] == ["token", "NUMBER", "scopes"]


def test_one_proposes_and_another_agrees_at_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    slip, mine, theirs, weak = (str(tmp_path / name) for name in ("slip.pdf", "mine", "theirs", "weak"))
    Path(slip).write_bytes(b"%PDF a slip")
    fields = ("instalment=1", "amount=1.00", f"document=@{slip}")
    make = ("proposal", "make", NAME, "payment.made", *fields, "--at", "2024-06-03", "--token-file")
    done = session(
        terminal,
        ("account", "add", "maker", "client_manager"),
        ("account", "add", "checker", "client_approver"),
        ("token", "make", "maker", "proposals:write"),
        ("token", "make", "checker", "proposals:write"),
        ("token", "make", "checker", "proposals:read"),
        ("keep", mine, "{2[token]}"),
        ("keep", theirs, "{3[token]}"),
        ("keep", weak, "{4[token]}"),
        (*make, mine),
        ("chosen",),
        (*make, mine),
        ("proposal", "show", NAME, "{10[id]}"),
        ("proposal", "decide", NAME, "{10[id]}", "--token-file", mine),
        ("proposal", "decide", NAME, "{10[id]}", "--token-file", weak),
        ("proposal", "decide", NAME, "{10[id]}", "--token-file", theirs),
        ("proposal", "list", NAME),
        (*make, mine),
        ("proposal", "decide", NAME, "{16[id]}", "--token-file", theirs, "--reject", "wrong amount"),
        (*make, theirs),
    )[5:]
    assert [code for code, _answer in done] == [1, 0, 0, 1, 1, 0, 0, 0, 0, 1]
    answers = [answer for _code, answer in done]
    assert answers[0]["refused"]["field"] == "--token-file", "a password not yet chosen"
    assert answers[1]["waits"]
    assert (answers[2]["state"], answers[2]["data"]["amount"]) == ("awaiting", "1.00")
    assert answers[3]["refused"]["reason"] == "whoever proposed it does not decide on it"
    assert answers[4]["refused"]["reason"] == "this token is not for proposals:write"
    assert [one["state"] for one in answers[6]] == ["approved"]
    assert answers[8]["state"] == "rejected"
    assert "not recorded by role client_approver" in answers[9]["refused"]["reason"]


def test_fact_add_says_that_it_went_past_the_duties(terminal: Terminal) -> None:
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")
    money = ("instalment=1", "amount=1.00", f"document={DOCUMENT}")
    words = ("fact", "add", CONTRACT, "payment.made", *money, "--at", "2024-05-20")
    assert terminal.json(*words, "--id", "past")["past_duties"]
    assert "no second person agreed" in terminal.ok(*words, "--id", "past")
    invoice = ("fact", "add", CONTRACT, "invoice.received", *money, "--at", "2024-05-20")
    assert not terminal.json(*invoice)["past_duties"]


def test_a_register_is_printed_and_read_by_programs(terminal: Terminal) -> None:
    rows = terminal.json("register", CONTRACT, "materials")
    assert {row["milestone"] for row in rows} == {"midterm", "final"}
    assert "rows" in terminal.ok("register", CONTRACT, "staff")
    assert terminal.refused("register", "nowhere", "staff")["field"] == "contract"
