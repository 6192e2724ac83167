"""How the program is called: help in two languages, wrong calls, completion."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli_cast import Terminal

from yunyue.doors.cli.command import Speaks, SpokenGroup, SpokenOption
from yunyue.doors.cli.main import COMMANDS, cli


def commands(group: click.Group = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


ALL = dict(commands())


@pytest.mark.parametrize("words", list(ALL), ids=" ".join)
def test_every_command_explains_itself_in_both_languages(empty: Terminal, words: tuple[str, ...]) -> None:
    command = ALL[words]
    assert isinstance(command, Speaks)
    for lang, said in (("zh", command.said.zh), ("en", command.said.en)):
        shown = empty.run(*words, "--help", lang=lang)
        assert shown.exit_code == 0
        assert "".join(said.split())[:20] in "".join(shown.stdout.split())


@pytest.mark.parametrize("words", list(ALL), ids=" ".join)
def test_every_command_answers_programs_and_takes_a_language(words: tuple[str, ...]) -> None:
    command = ALL[words]
    if isinstance(command, SpokenGroup):
        return
    names = {name for parameter in command.params for name in parameter.opts}
    assert {"--json", "--lang"} <= names
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert all(isinstance(one, SpokenOption) for one in options)


def test_the_table_of_commands_says_what_they_say_themselves() -> None:
    for name, place in COMMANDS.items():
        command = ALL[(name,)]
        assert isinstance(command, Speaks)
        if isinstance(command, SpokenGroup):
            assert command.said == place.said


def test_the_program_lists_its_commands_in_the_readers_language(empty: Terminal) -> None:
    assert "结算" in empty.run("--help", lang="zh").stdout
    assert "Settle" in empty.run("--lang", "en", "--help", lang="zh").stdout


def test_the_help_of_a_command_is_all_in_one_language(empty: Terminal) -> None:
    shown = empty.run("month", "close", "--help", lang="zh").stdout
    assert "用法：" in shown
    assert "显示本说明" in shown
    for word in ("Usage", "Options:", "Show this", "answer in"):
        assert word not in shown
    assert "Usage: yunyue month close [OPTIONS] CONTRACT [MONTH]" in empty.run(
        "month", "close", "--help"
    ).stdout.replace("cli ", "yunyue ")


def test_the_option_wins_over_the_variable(empty: Terminal) -> None:
    assert (
        "working days" in empty.run("calendar", "count", "2024-04-11", "2024-05-24", "--lang", "en", lang="zh").stdout
    )


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        (("settle",), "zh", "缺少 CONTRACT"),
        (("settle",), "en", "CONTRACT"),
        (("settle", "x", "--colour"), "zh", "没有选项 --colour"),
        (("settle", "x", "--as-of", "soon"), "zh", "--as-of 无效"),
        (("settle", "x", "--as-of", "soon"), "en", "2024-05-24"),
        (("settle", "x", "--as-of", "2024-02-30"), "en", "2024-02-30"),
        (("settle", "x", "--known-at", "12:00"), "en", "HH:MM:SS"),
        (("dance",), "en", "dance"),
        (("fact",), "en", "Missing command"),
        (("settle", "x", "--lang", "fr"), "en", "fr"),
        (("calendar", "add", "2024-04-11", "many"), "en", "many"),
        (("journal", "tail", "-n", "0"), "en", "0"),
        (("up", "--port", "70000"), "en", "70000"),
        (("tour", "--port", "-1"), "en", "-1"),
        (("order", "place", "c", "s", "i", "1", "--deliver-by", "2024-05-01"), "en", "--tenant"),
        (("order", "approve", "c", "o"), "en", "--actor"),
        (("order", "end", "c", "o"), "en", "--reason"),
        (("completion", "cmd"), "en", "cmd"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_leaves_with_2(
    empty: Terminal, words: tuple[str, ...], lang: str, said: str
) -> None:
    result = empty.run(*words, lang=lang)
    assert result.exit_code == 2 or words == ("fact",)
    assert said in result.stderr or words == ("fact",)
    assert not empty.home.exists(), "a wrong call touches nothing"


def test_a_wrong_call_is_told_to_a_program_as_values(empty: Terminal) -> None:
    result = empty.run("settle", "x", "--json", "--as-of", "soon")
    assert result.exit_code == 2
    found = json.loads(result.stdout)["usage"]
    assert found["field"] == "--as-of"
    assert "soon" in found["reason"]


@pytest.mark.parametrize(
    ("words", "field", "zh"),
    [
        (("settle", "x", "--colour", "--json"), "--colour", "没有选项 --colour"),
        (("settle", "--json"), "CONTRACT", "缺少 CONTRACT"),
        (("dance", "--json"), "", "没有命令 'dance'"),
        (("settle", "x", "y", "--json"), "", "多余的参数：y"),
        (("settle", "x", "--json", "--as-of"), "--as-of", "选项 '--as-of' 缺少值"),
        (("journal", "tail", "--json", "-n", "0"), "-n", "-n 无效：0 不在 1<=x<=10000 之内"),
        (("journal", "tail", "--json", "-n", "x"), "-n", "-n 无效：'x' 不是整数"),
        (("contract", "new", "f", "--kind", "x", "--json"), "--kind", "--kind 无效：'x' 不在"),
        (("settle", "x", "--json", "--as-of", "1999-12-31"), "--as-of", "年份限 2000–2199"),
    ],
)
def test_every_wrong_call_is_told_as_values_in_the_readers_language(
    empty: Terminal, words: tuple[str, ...], field: str, zh: str
) -> None:
    result = empty.run(*words, lang="zh")
    assert (result.exit_code, result.stderr) == (2, "")
    found = json.loads(result.stdout)["usage"]
    assert found["field"] == field
    assert zh in found["reason"]
    english = json.loads(empty.run(*words, lang="en").stdout)["usage"]["reason"]
    assert english.replace("–", "-").isascii()


def test_the_language_of_a_call_that_is_wrong_is_heard_too(empty: Terminal) -> None:
    assert "没有命令" in empty.run("dance", "--lang", "zh", lang="en").stderr
    assert "没有选项" in empty.run("settle", "--colour", "--lang=zh", lang="en").stderr


@pytest.mark.parametrize(
    "words",
    [
        ("settle", "x", "--as-of", "0001-01-01"),
        ("settle", "x", "--as-of", "9999-12-31"),
        ("settle", "x", "--known-at", "9999-12-31"),
        ("settle", "x", "--known-at", "2200-01-01T00:00:00+08:00"),
        ("contract", "load", "beijing-2024", "--starting", "1999-12-31"),
        ("fact", "add", "x", "funds.arrived", "--at", "9999-12-31"),
        ("fact", "list", "x", "--since", "0001-01-01"),
        ("fact", "list", "x", "--until", "2200-01-01"),
        ("calendar", "add", "9999-12-31", "1"),
        ("calendar", "count", "2024-01-01", "9999-12-31"),
    ],
    ids=" ".join,
)
def test_a_day_nobody_can_mean_is_refused_at_every_door(empty: Terminal, words: tuple[str, ...]) -> None:
    result = empty.run(*words)
    assert result.exit_code == 2
    assert "the year is one of 2000–2199" in result.stderr


def test_nothing_is_supposed_outside_these_years(terminal: Terminal) -> None:
    found = terminal.refused("settle", "beijing-2024", "--suppose", "funds.arrived instalment=1 @9999-12-31")
    assert (found["field"], "2000 to 2199" in found["reason"]) == ("suppose", True)


def test_the_first_and_the_last_day_are_within(empty: Terminal) -> None:
    for day in ("2000-01-01", "2199-12-31"):
        assert empty.run("calendar", "count", day, day, "--estimate").exit_code == 0


PROGRAM = str(Path(sys.executable).with_name("yunyue"))


@pytest.mark.parametrize("words", [("words", "1.00"), ("words", "1.00", "--json"), ("--help",), ("words", "--help")])
def test_an_answer_that_cannot_be_written_is_a_refusal_without_a_trace(tmp_path: Path, words: tuple[str, ...]) -> None:
    environment = {**os.environ, "YUNYUE_HOME": str(tmp_path), "YUNYUE_LANG": "en"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, *words], env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "Refused: the answer could not be written: No space left on device\n"


def test_a_reader_who_goes_away_hears_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "YUNYUE_HOME": str(tmp_path)}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [PROGRAM, "--help"], env=environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("words", [("contract", "vectors"), ("fact", "document")], ids=" ".join)
def test_a_file_without_end_is_refused(terminal: Terminal, words: tuple[str, ...]) -> None:
    found = terminal.refused(*words, "/dev/zero")
    assert "more than" in found["reason"]
    assert found["field"] == "/dev/zero"


def test_refusals_go_to_standard_error_and_answers_do_not(terminal: Terminal) -> None:
    refused = terminal.run("settle", "nothing")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "beijing-2024" in refused.stderr
    assert terminal.run("contract", "list").stderr == ""


READERS = (
    ("settle", "c"),
    ("why", "c", "l"),
    ("export", "c"),
    ("fact", "list", "c"),
    ("fact", "show", "f"),
    ("fact", "add", "c", "funds.arrived", "instalment=1"),
    ("order", "list", "c"),
    ("order", "approve", "c", "o", "--actor", "client:2"),
    ("month", "close", "c", "2024-05"),
    ("journal", "head"),
    ("journal", "tail"),
    ("journal", "publish"),
    ("journal", "fsck"),
    ("rebuild",),
    ("backup", "/nonexistent/backup"),
)


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_without_an_installation_a_command_says_so_and_makes_none(empty: Terminal, words: tuple[str, ...]) -> None:
    found = empty.refused(*words)
    assert "no installation" in found["reason"]
    assert found["field"] == str(empty.home)
    assert not empty.home.exists()


def test_a_setting_nobody_knows_is_refused_by_name(empty: Terminal) -> None:
    result = empty.run("journal", "head", YUNYUE_COLOUR="red")
    assert result.exit_code == 1
    assert "YUNYUE_COLOUR" in result.stderr


def test_a_damaged_journal_is_a_refusal_with_advice_and_no_trace(terminal: Terminal) -> None:
    (terminal.home / "journal.sqlite").write_bytes(b"this is no database" * 100)
    result = terminal.run("settle", "beijing-2024")
    assert result.exit_code == 1
    assert "restore" in result.stderr
    assert "Traceback" not in result.output


def test_a_lost_terms_document_is_a_refusal_with_advice(terminal: Terminal) -> None:
    for path in (terminal.home / "objects").glob("??/*"):
        path.unlink()
    result = terminal.run("settle", "beijing-2024")
    assert result.exit_code == 1
    assert "backup" in result.stderr


def test_the_installed_program_is_this_one(tmp_path: Path) -> None:
    environment = {**os.environ, "YUNYUE_HOME": str(tmp_path / "home"), "YUNYUE_LANG": "en"}
    program = Path(sys.executable).with_name("yunyue")
    for words, code in ((("words", "1.00"), 0), (("words", "x"), 1), (("words",), 2)):
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(empty: Terminal, shell: str) -> None:
    script = empty.json("completion", shell)["script"]
    assert "_YUNYUE_COMPLETE" in script
    assert f"{shell}_" in script


def test_the_shell_is_offered_commands_and_options(empty: Terminal) -> None:
    asked = empty.run(COMP_WORDS="yunyue se", COMP_CWORD="1", _YUNYUE_COMPLETE="bash_complete")
    assert "plain,settle" in asked.stdout
    asked = empty.run(COMP_WORDS="yunyue contract sh", COMP_CWORD="2", _YUNYUE_COMPLETE="bash_complete")
    assert "plain,show" in asked.stdout
    asked = empty.run(COMP_WORDS="yunyue settle x --kn", COMP_CWORD="3", _YUNYUE_COMPLETE="bash_complete")
    assert "plain,--known-at" in asked.stdout
