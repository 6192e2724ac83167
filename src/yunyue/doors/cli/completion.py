"""yunyue completion: the lines a shell needs to complete commands, options and choices."""

from typing import Final

import click
from click.shell_completion import get_completion_class

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command
from yunyue.doors.cli.voice import Told, Voice
from yunyue.settlement.statement import Said

SHELLS: Final = ("bash", "zsh", "fish")
ADVICE: Final = {
    "bash": 'eval "$(yunyue completion bash)"',
    "zsh": 'eval "$(yunyue completion zsh)"',
    "fish": "yunyue completion fish | source",
}


@command("completion", Said("命令行补全脚本", "Shell completion"))
@click.argument("shell", type=click.Choice(SHELLS))
@answers
def completion(voice: Voice, shell: str) -> Answer:
    """The script, to be read by the shell at its start."""
    found = get_completion_class(shell)
    root = click.get_current_context().find_root()
    if found is None:
        return Refused(f"nothing is known of {shell}", "shell")
    script = found(root.command, {}, "yunyue", "_YUNYUE_COMPLETE").source()
    hint = voice.pick("写入 shell 启动文件： ", "put into the shell's start file: ") + ADVICE[shell]
    return Told({"shell": shell, "script": script}, [f"# {hint}", *script.splitlines()])
