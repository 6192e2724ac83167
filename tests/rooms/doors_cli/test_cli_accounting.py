"""yunyue account: opening accounts on the machine, and listing them without what one could log in with."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from cli_cast import Terminal

from yunyue.doors.cli.accounting import ROLES
from yunyue.doors.web.accounts.roles import Role


def account(home: Path, *words: str, code: int = 0) -> Any:
    """The real program, by itself: Django belongs to one home folder for the life of a process."""
    environment = {**os.environ, "YUNYUE_HOME": str(home), "YUNYUE_LANG": "en"}
    command = [sys.executable, "-m", "yunyue.doors.cli.main", "account", *words, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, ""), done.stderr
    return json.loads(done.stdout)


def test_an_account_is_opened_once_and_its_password_never_shown_again(terminal: Terminal) -> None:
    opened = account(terminal.home, "add", "ann", "client_manager", "--person", "P1")
    assert (opened["account"], opened["role"], opened["person"]) == ("ann", "client_manager", "P1")
    assert len(opened["password"]) >= 12
    listed = account(terminal.home, "list")
    assert listed == [
        {"account": "ann", "role": "client_manager", "tenant": "", "person": "P1", "state": "active"},
    ]
    taken = account(terminal.home, "add", "ann", "engineer", code=1)["refused"]
    assert (taken["field"], taken["reason"]) == ("NAME", "this name is taken")
    twice = account(terminal.home, "add", "bob", "engineer", "--person", "p1", code=1)["refused"]
    assert twice["field"] == "--person"
    assert account(terminal.home, "list") == listed
    mode = stat.S_IMODE((terminal.home / "accounts.sqlite").stat().st_mode)
    assert mode == 0o600


def test_what_does_not_fit_is_refused_with_its_field(terminal: Terminal) -> None:
    for words, field in (
        (("bad name", "engineer"), "NAME"),
        (("ann", "tenant_user"), "--tenant"),
        (("ann", "tenant_user", "--tenant", "no such"), "--tenant"),
        (("ann", "engineer", "--person", "x" * 65), "--person"),
    ):
        assert account(terminal.home, "add", *words, code=1)["refused"]["field"] == field
    assert account(terminal.home, "list") == []


def test_every_role_but_the_one_time_administrator_is_offered(empty: Terminal) -> None:
    assert set(ROLES) == set(Role) - {Role.FOUNDER}
    assert empty.run("account", "add", "ann", "founder").exit_code == 2


def test_without_an_installation_no_account_is_opened(empty: Terminal) -> None:
    assert "no installation" in empty.refused("account", "add", "ann", "engineer")["reason"]
    assert not empty.home.exists()
