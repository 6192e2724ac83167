"""What every command has in common: --json, --lang, help in two languages, answers and refusals in one form."""

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import click

from yunyue.answer import Refused
from yunyue.doors.cli.broken import refused_for
from yunyue.doors.cli.misuse import show_usage, unwritten
from yunyue.doors.cli.voice import LANGUAGES, MEANT, TELLS, Declined, Told, Voice, emit, language, refusal
from yunyue.settlement.statement import Said

Answer = Told | Refused
USAGE: Final = Said("用法：", "Usage: ")
OPTIONS: Final = Said("选项", "Options")
COMMANDS: Final = Said("命令", "Commands")
HELP: Final = Said("显示本说明", "show this text")


class Speaks(click.Command):
    """Help in the reader's language."""

    def __init__(self, *args: Any, said: Said, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "help": said.en})
        self.said = said

    def get_short_help_str(self, limit: int = 45) -> str:
        """The help is one sentence; it is never cut."""
        del limit
        return _chosen(self.said)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The same under the usage line."""
        del ctx
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_chosen(self.said))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """How it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_chosen(USAGE))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, the one for help last."""
        own = [one.get_help_record(ctx) for one in self.params if isinstance(one, click.Option)]
        rows = [record for record in own if record is not None]
        rows.append((", ".join(ctx.help_option_names), _chosen(HELP)))
        with formatter.section(_chosen(OPTIONS)):
            formatter.write_dl(rows)


class SpokenGroup(Speaks, click.Group):
    """A group of commands."""

    command_class = Speaks
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then the commands inside."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its one sentence."""
        inner = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(_chosen(COMMANDS)):
            formatter.write_dl([(name, one.get_short_help_str()) for name, one in inner if one is not None])


class Root(SpokenGroup):
    """The program itself: says in one form what is wrong with a call."""

    def main(  # type: ignore[override]  # click overloads it by the type of its answer only
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **how: Any
    ) -> Any:
        """Run, and leave with 0, with 1 for a refusal, with 2 for a wrong call, with 130 when interrupted."""
        try:
            code = self._run(args, prog_name, how)
        except OSError as problem:
            # Whatever goes wrong with files in a command is its answer by now; this is the answer's own way out.
            code = unwritten(problem)
        if how.get("standalone_mode", True):
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def _run(self, args: Sequence[str] | None, prog_name: str | None, how: dict[str, Any]) -> object:
        given = list(sys.argv[1:] if args is None else args)
        try:
            return super().main(given, prog_name, **{**how, "standalone_mode": False})
        except click.UsageError as problem:
            return show_usage(problem, given)
        except click.Abort:
            return 130


class SpokenOption(click.Option):
    """An option with help in two languages."""

    def __init__(self, *args: Any, said: Said, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "help": f"{said.zh} / {said.en}"})
        self.said = said

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names and help, in the reader's language."""
        record = super().get_help_record(ctx)
        return record and (record[0], record[1].replace(self.help or "", _chosen(self.said)))


def _chosen(said: Said) -> str:
    return said.en if language() == "en" else said.zh


def command(
    name: str, said: Said, settings: dict[str, Any] | None = None
) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that belongs to no group, with its help in both languages."""
    return click.command(name, cls=Speaks, said=said, context_settings=settings)


def option(*names: str, zh: str, en: str, **how: Any) -> Callable[[Any], Any]:
    """click.option with its help in both languages."""
    return click.option(*names, cls=SpokenOption, said=Said(zh, en), **how)


def _remember_language(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[MEANT] = value


def _remember_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    ctx.meta[TELLS] = bool(ctx.meta.get(TELLS)) or value


in_language = option(
    "--lang",
    zh="显示语言，亦可用环境变量 YUNYUE_LANG",
    en="language of what is shown; also the variable YUNYUE_LANG",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    is_eager=True,
    callback=_remember_language,
)
as_json = option(
    "--json",
    zh="以 JSON 回答，供程序使用",
    en="answer in JSON, for a program",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_remember_json,
)


def voice() -> Voice:
    """How the command now running speaks."""
    context = click.get_current_context(silent=True)
    return Voice(language(), bool(context and context.meta.get(TELLS)))


def answers(work: Callable[..., Answer]) -> Callable[..., None]:
    """Adds --json and --lang to a command, hands it its voice, and prints what it answers."""

    @functools.wraps(work)
    def run(*args: Any, **kwargs: Any) -> None:
        spoken = voice()
        try:
            answer = work(spoken, *args, **kwargs)
        except Declined as declined:
            answer = declined.refused
        except Exception as broken:  # refused_for raises again what is a mistake of ours
            answer = refused_for(broken)
        told = refusal(answer, spoken) if isinstance(answer, Refused) else answer
        emit(told, spoken, err=told.unread or isinstance(answer, Refused))
        if told.failed:
            click.get_current_context().exit(2 if told.unread else 1)

    return cast(Callable[..., None], as_json(in_language(run)))


__all__ = ["Answer", "Root", "SpokenGroup", "answers", "command", "in_language", "option", "voice"]
