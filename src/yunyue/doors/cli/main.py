"""The program `yunyue`: every command, and nothing else."""

import click

from yunyue.doors.cli import contracts, days, exporting, facts, journaling, settling
from yunyue.doors.cli.command import Root, in_language
from yunyue.settlement.statement import Said

NAME = "yunyue"


@click.group(
    NAME,
    cls=Root,
    said=Said("云约:会自己算账、自己举证的政务云合同", "Yunyue: a government cloud whose contract runs"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@in_language
def cli() -> None:
    """What stands here is not shown; the help is in both languages above."""


for one in (
    *(contracts.group, facts.group, settling.settle, settling.why, exporting.export, exporting.verify),
    *(journaling.group, days.group, days.words),
):
    cli.add_command(one)


def main() -> None:
    """The console script and ./yunyue."""
    cli.main(prog_name=NAME)


if __name__ == "__main__":
    main()
