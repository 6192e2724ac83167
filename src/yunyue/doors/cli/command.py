"""What every command has in common: --json, --lang, help in two languages, answers and refusals in one form."""

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import click

from yunyue.answer import Refused
from yunyue.doors.cli.broken import BROKEN, refused_for
from yunyue.doors.cli.voice import LANGUAGES, MEANT, Declined, Told, Voice, emit, language, refusal
from yunyue.settlement.statement import Said

Answer = Told | Refused
TELLS: Final = "yunyue.json"
USAGE: Final = Said("用法", "Usage")
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
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{_chosen(USAGE)}: ")

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
            code: object = super().main(args, prog_name, **{**how, "standalone_mode": False})
        except click.UsageError as problem:
            code = _show_usage(problem)
        except click.Abort:
            code = 130
        if how.get("standalone_mode", True):
            sys.exit(code if isinstance(code, int) else 0)
        return code


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
    zh="显示语言,亦可用环境变量 YUNYUE_LANG",
    en="language of what is shown; also the variable YUNYUE_LANG",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    is_eager=True,
    callback=_remember_language,
)
as_json = option(
    "--json",
    zh="以 JSON 回答,供程序使用",
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
        except BROKEN as broken:
            answer = refused_for(broken)
        told = refusal(answer, spoken) if isinstance(answer, Refused) else answer
        emit(told, spoken, err=isinstance(answer, Refused))
        if told.failed:
            click.get_current_context().exit(1)

    return cast(Callable[..., None], as_json(in_language(run)))


def _show_usage(problem: click.UsageError) -> int:
    """Say what is wrong with the call, in the language and form it asked for."""
    context = problem.ctx or click.Context(click.Command("yunyue"))
    with context.scope(cleanup=False):
        spoken = voice()
        reason = _translated(problem, spoken)
        lines = [f"{spoken.pick('用法有误', 'Usage')}: {reason}"]
        lines.append(f"  {spoken.pick('查看用法', 'see')}: {context.command_path} --help")
        emit(Told({"usage": reason}, lines, failed=True), spoken, err=True)
    return 2


def _translated(problem: click.UsageError, spoken: Voice) -> str:
    match problem:
        case _ if spoken.language == "en":
            return problem.format_message()
        case click.NoSuchOption():
            near = f";近似的有 {'、'.join(problem.possibilities)}" if problem.possibilities else ""
            return f"没有选项 {problem.option_name}{near}"
        case click.MissingParameter(param=click.Parameter() as missing):
            name = missing.opts[0] if isinstance(missing, click.Option) else missing.human_readable_name
            return f"缺少 {name}"
        case click.BadParameter(param=click.Parameter() as wrong):
            name = wrong.opts[0] if isinstance(wrong, click.Option) else wrong.human_readable_name
            return f"{name} 无效: {problem.message}"
        case _:
            return problem.format_message()


__all__ = ["Answer", "Root", "SpokenGroup", "answers", "command", "in_language", "option", "voice"]
