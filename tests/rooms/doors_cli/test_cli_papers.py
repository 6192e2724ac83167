"""docs/commands.md describes every command, argument and option, in both languages, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from yunyue.doors.cli.command import Speaks, SpokenOption
from yunyue.doors.cli.main import cli

PAPER = (Path(__file__).parents[3] / "docs" / "commands.md").read_text("utf-8")
EVERYWHERE = {"lang", "json"}


def commands(group: click.Group, name: str) -> Iterator[tuple[str, Speaks]]:
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert isinstance(command, Speaks)
        yield f"{name} {word}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")


TREE = dict(commands(cli, "yunyue"))


def heading(name: str, command: Speaks) -> str:
    if isinstance(command, click.Group):
        return f"## {name}"
    context = click.Context(command)
    arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
    return f"### `{' '.join([name, *arguments])}`"


def section(name: str, command: Speaks) -> str:
    """What the paper says under a command's heading."""
    _, found, rest = PAPER.partition(heading(name, command) + "\n")
    assert found, f"docs/commands.md has no {heading(name, command)}"
    return rest.partition("\n#")[0]


def test_every_command_is_described_in_both_languages() -> None:
    for name, command in TREE.items():
        assert f"\n{command.said.zh} / {command.said.en}\n" in section(name, command), name


def test_every_option_is_described_in_both_languages() -> None:
    for name, command in TREE.items():
        described = section(name, command)
        for one in command.params:
            if isinstance(one, SpokenOption) and one.name not in EVERYWHERE:
                names = ", ".join(f"`{word}`" for word in one.opts)
                assert f"- {names}: {one.said.zh} / {one.said.en}\n" in f"{described}\n", f"{name} {names}"


def test_nothing_is_described_that_is_not_there() -> None:
    headings = set(re.findall(r"^##.*$", PAPER, re.MULTILINE))
    assert headings == {heading(name, command) for name, command in TREE.items()}
    options = sum(
        isinstance(one, SpokenOption) and one.name not in EVERYWHERE
        for command in TREE.values()
        for one in command.params
    )
    assert len(re.findall(r"^- `-", PAPER, re.MULTILINE)) == options


def test_what_every_command_takes_is_said_once() -> None:
    for word in ("--json", "--lang zh|en", "YUNYUE_LANG", "./yunyue test"):
        assert word in PAPER
