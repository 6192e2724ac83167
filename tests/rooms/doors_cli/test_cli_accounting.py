"""yunyue account: opening accounts on the machine, and listing them without what one could log in with."""

import stat

from cli_cast import Terminal, session

from yunyue.doors.cli.accounting import ROLES
from yunyue.doors.web.accounts.roles import Role


def test_an_account_is_opened_once_and_its_password_never_shown_again(terminal: Terminal) -> None:
    done = session(
        terminal,
        ("account", "add", "ann", "client_manager", "--person", "P1"),
        ("account", "list"),
        ("account", "add", "ann", "engineer"),
        ("account", "add", "bob", "engineer", "--person", "p1"),
        ("account", "list"),
    )
    assert [code for code, _answer in done] == [0, 0, 1, 1, 0]
    opened, listed, taken, twice, after = (answer for _code, answer in done)
    assert (opened["account"], opened["role"], opened["person"]) == ("ann", "client_manager", "P1")
    assert len(opened["password"]) >= 12
    assert listed == [
        {"account": "ann", "role": "client_manager", "tenant": "", "person": "P1", "state": "active"},
    ]
    assert (taken["refused"]["field"], taken["refused"]["reason"]) == ("NAME", "this name is taken")
    assert twice["refused"]["field"] == "--person"
    assert after == listed
    mode = stat.S_IMODE((terminal.home / "accounts.sqlite").stat().st_mode)
    assert mode == 0o600


def test_what_does_not_fit_is_refused_with_its_field(terminal: Terminal) -> None:
    wrong = (
        (("bad name", "engineer"), "NAME"),
        (("ann", "tenant_user"), "--tenant"),
        (("ann", "tenant_user", "--tenant", "no such"), "--tenant"),
        (("ann", "engineer", "--person", "x" * 65), "--person"),
    )
    done = session(terminal, *(("account", "add", *words) for words, _field in wrong), ("account", "list"))
    assert [answer["refused"]["field"] for _code, answer in done[:-1]] == [field for _words, field in wrong]
    assert done[-1] == (0, [])


def test_every_role_but_the_one_time_administrator_is_offered(empty: Terminal) -> None:
    assert set(ROLES) == set(Role) - {Role.FOUNDER}
    assert empty.run("account", "add", "ann", "founder").exit_code == 2


def test_without_an_installation_no_account_is_opened(empty: Terminal) -> None:
    assert "no installation" in empty.refused("account", "add", "ann", "engineer")["reason"]
    assert not empty.home.exists()
