"""A terminal to give commands from, each in a home folder of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from yunyue.doors.cli.main import cli

CONTRACT = "beijing-2024"
DOCUMENT = "sha256:" + "ab" * 32


@dataclass(frozen=True)
class Terminal:
    """Runs commands in a home folder of its own."""

    home: Path

    def run(self, *words: str, lang: str = "en", **environment: str) -> Result:
        """One command, in English unless said."""
        settings = {"YUNYUE_HOME": str(self.home), "YUNYUE_LANG": lang, **environment}
        return CliRunner(env=settings).invoke(cli, list(words))

    def ok(self, *words: str) -> str:
        """What a command prints that must succeed."""
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:
        """What a command that must succeed answers to a program."""
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: str) -> dict[str, str]:
        """The refusal of a command that must be refused, with nothing recorded."""
        before = self.size
        result = self.run(*words, "--json")
        assert result.exit_code == 1, result.output
        assert self.size == before, "a refusal changes nothing"
        found: dict[str, str] = json.loads(result.stdout)["refused"]
        return found

    def fact(self, kind: str, day: str, *fields: str, identifier: str = "") -> dict[str, Any]:
        """Record a fact."""
        words = ["fact", "add", CONTRACT, kind, *fields, "--at", day]
        found: dict[str, Any] = self.json(*words, *(["--id", identifier] if identifier else []))
        return found

    @property
    def size(self) -> int:
        """How many facts the journal holds; 0 when there is none."""
        path = self.home / "journal.sqlite"
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as connection:
            return int(connection.execute("SELECT size FROM state").fetchone()[0])


def alter(terminal: Terminal, old: str, new: str) -> None:
    """Replace text in every leaf behind the platform's back, the guards taken off and put on again."""
    with closing(sqlite3.connect(terminal.home / "journal.sqlite")) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = "CAST(replace(CAST(leaf AS TEXT), ?, ?) AS BLOB)"
        done = connection.execute(f"UPDATE leaves SET leaf = {changed} WHERE instr(leaf, ?)", (old, new, old))
        assert done.rowcount > 0, "something was altered"
        for _, sql in guards:
            connection.execute(sql)
        connection.commit()


RUNNER = """
import json, os, sqlite3, sys
from click.testing import CliRunner
from yunyue.doors.cli.main import cli

results = []
for line in sys.stdin:
    words = [word.format(*results) for word in json.loads(line)]
    if words[0] == "chosen":  # every holder has chosen a password, as at the first login
        with sqlite3.connect(os.environ["YUNYUE_HOME"] + "/accounts.sqlite") as db:
            db.execute("UPDATE accounts_account SET must_change_password = 0")
        results.append({})
        continue
    if words[0] == "keep":  # a token goes into a file, as its holder keeps it
        with open(words[1], "w") as file:
            file.write(words[2])
        results.append({})
        continue
    os.environ["YUNYUE_LANG"] = "en"
    done = CliRunner().invoke(cli, [*words, "--json"])
    found = json.loads(done.stdout)
    results.append(found)
    print(json.dumps([done.exit_code, found]), flush=True)
"""


def session(terminal: Terminal, *lines: tuple[str, ...]) -> list[tuple[int, Any]]:
    """Commands given one after another: exit code and answer of each. "{0[token]}" is what an earlier one answered.

    One process for all: Django belongs to one home folder for the life of a process.
    """
    environment = {**os.environ, "YUNYUE_HOME": str(terminal.home)}
    given = "".join(json.dumps(line) + "\n" for line in lines)
    command = [sys.executable, "-c", RUNNER]
    done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(code, answer) for code, answer in map(json.loads, done.stdout.splitlines())]
