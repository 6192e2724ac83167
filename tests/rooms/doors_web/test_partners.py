"""Terminal and programs reach what the console reaches: every page names its command and its operation."""

from collections.abc import Iterator

import click
import pytest
from partners import ALONE, PARTNERS
from walk import OPERATIONS, PAGES

from yunyue.doors.cli.main import cli
from yunyue.doors.data import transcode


def commands(command: click.Command, name: str = "") -> Iterator[str]:
    """Every command below one, as it is typed."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for one in command.list_commands(context):
        inner = command.get_command(context, one)
        assert inner is not None
        yield from commands(inner, f"{name} {one}".strip())


COMMANDS = frozenset(commands(cli))
FILMS = frozenset(
    f"{verb} {route.path}"
    for route in transcode.routes(lambda _contract: None, lambda *_: transcode.Turned(401, ""))
    for verb in route.methods or ()
)


def test_every_page_has_a_partner_or_says_why_not() -> None:
    assert PARTNERS.keys() | ALONE.keys() == PAGES.keys()
    assert PARTNERS.keys().isdisjoint(ALONE)
    assert all(reason.startswith("none: ") for reason in ALONE.values())


@pytest.mark.parametrize("page", sorted(PARTNERS))
def test_the_partners_are_there(page: str) -> None:
    command = PARTNERS[page].command
    assert command in COMMANDS or command.startswith("none")
    assert PARTNERS[page].operation in OPERATIONS.keys() | FILMS
