"""What is wrong with a call, or with where its answer goes: said in the language and the form that was asked for."""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Sequence
from typing import Final

import click

from yunyue.doors.cli.voice import LANGUAGES, MEANT, TELLS, Told, Voice, emit, language

CHINESE: Final = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"No such command (?P<what>.+?)\.(?: Did you mean (?P<near>.+)\?)?", "没有命令 {what}"),
        (r"Missing command\.", "缺少命令"),
        (r"Got unexpected extra arguments? \((?P<what>.+)\)", "多余的参数：{what}"),
        (r"Option (?P<what>.+) requires (?:an|\d+) arguments?\.", "选项 {what} 缺少值"),
        (r"Option (?P<what>.+) does not take a value\.", "选项 {what} 不带值"),
        (r"(?P<what>.+) is not a valid (?:integer|integer range)\.", "{what} 不是整数"),
        (r"(?P<what>.+) is not in the range (?P<range>.+)\.", "{what} 不在 {range} 之内"),
        (r"(?P<what>.+) is not one of (?P<range>.+)\.", "{what} 不在 {range} 之中"),
    )
)
"""What click says of a wrong call, and the same in Chinese."""


def show_usage(problem: click.UsageError, given: Sequence[str]) -> int:
    """Say it, and answer the exit code 2. `given`: the words of the call; some were not read yet when it failed."""
    context = problem.ctx or click.Context(click.Command("yunyue"))
    _remember(context, given)
    with context.scope(cleanup=False):
        spoken = Voice(language(), bool(context.meta.get(TELLS)))
        reason = _reason(problem, spoken)
        lines = [f"{spoken.pick('用法有误：', 'Usage: ')}{reason}"]
        lines.append(f"  {spoken.pick('查看用法：', 'see: ')}{context.command_path} --help")
        if isinstance(problem, click.exceptions.NoArgsIsHelpError):
            lines, reason = [reason], spoken.pick("缺少命令", "Missing command")
        plain = {"usage": {"field": _field(problem), "reason": reason}}
        emit(Told(plain, lines, failed=True), spoken, err=True)
    return 2


def unwritten(problem: OSError) -> int:
    """The exit code 1 when an answer could not be put out; a reader who went away needs no message."""
    if problem.errno != errno.EPIPE:
        spoken = Voice(language())
        words = spoken.pick("拒绝：答复无法写出", "Refused: the answer could not be written")
        click.echo(f"{words}: {problem.strerror or problem}", err=True)
    # What is still waiting to be written would fail once more, with a trace, when Python ends.
    with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return 1


def _remember(context: click.Context, given: Sequence[str]) -> None:
    """The form and the language, also where the call failed before they were read."""
    words = given[: given.index("--")] if "--" in given else given
    if "--json" in words:
        context.meta[TELLS] = True
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        wanted = value or "".join(words[at + 1 : at + 2])
        if name == "--lang" and wanted in LANGUAGES:
            context.meta[MEANT] = wanted


def _field(problem: click.UsageError) -> str:
    match problem:
        case click.NoSuchOption() | click.BadOptionUsage():
            return problem.option_name
        case click.BadParameter(param=click.Parameter() as wrong):
            return _name(wrong)
        case _:
            return ""


def _name(wrong: click.Parameter) -> str:
    return wrong.opts[0] if isinstance(wrong, click.Option) else wrong.human_readable_name


def _reason(problem: click.UsageError, spoken: Voice) -> str:
    match problem:
        case _ if spoken.language == "en":
            return problem.format_message()
        case click.NoSuchOption():
            near = f"；近似的有 {'、'.join(problem.possibilities)}" if problem.possibilities else ""
            return f"没有选项 {problem.option_name}{near}"
        case click.MissingParameter(param=click.Parameter() as missing):
            return f"缺少 {_name(missing)}"
        case click.BadParameter(param=click.Parameter() as wrong):
            return f"{_name(wrong)} 无效：{_chinese(problem.message)}"
        case _:
            return _chinese(problem.format_message())


def _chinese(message: str) -> str:
    for pattern, said in CHINESE:
        if found := pattern.fullmatch(message):
            return said.format(**found.groupdict())
    return message
