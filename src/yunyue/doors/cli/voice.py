"""How a command speaks: in Chinese or English, to a person or to a program."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import click
import msgspec

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID
from yunyue.settlement.statement import Said

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
VARIABLE: Final = "YUNYUE_LANG"
"""The environment's say on the language. It is the command line's own, no setting of the platform."""

MEANT: Final = "yunyue.language"
TELLS: Final = "yunyue.json"


def language() -> Language:
    """What --lang said, else the environment, else Chinese."""
    context = click.get_current_context(silent=True)
    chosen = context.meta.get(MEANT) if context else None
    wanted = chosen or os.environ.get(VARIABLE)
    return "en" if wanted == "en" else "zh"


@dataclass(frozen=True, slots=True)
class Voice:
    """The reader's language, and whether the reader is a program."""

    language: Language
    json: bool = False

    def pick(self, zh: str, en: str) -> str:
        """The words in the reader's language."""
        return en if self.language == "en" else zh

    def head(self, zh: str, en: str) -> str:
        """The word in the chosen language with its colon, for what follows."""
        return self.pick(f"{zh}：", f"{en}: ")

    def say(self, said: Said) -> str:
        """The same for a pair."""
        return self.pick(said.zh, said.en)

    def reason(self, english: str) -> str:
        """A refusal's reason, which the rooms below say in English."""
        if self.language == "en":
            return english
        from yunyue.doors.phrases import chinese  # A command that refuses nothing need not load the phrasebook.

        return chinese(english)


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answers: plain JSON values for a program, lines for a person.

    `failed` makes the exit code 1; `unread` makes it 2: what should have been looked at could not be read.
    """

    plain: object
    lines: Sequence[str]
    failed: bool = False
    unread: bool = False


class Declined(Exception):
    """A refusal on its way out of a command."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.refused = refused


def clause_title(identifier: str, voice: Voice) -> str:
    """Such as "C02 八(一) 合同总金额"; the id itself when no clause has it; "" for none."""
    clause = BY_ID.get(identifier)
    return identifier if clause is None else f"{clause.id} {clause.reference} {voice.pick(clause.zh, clause.en)}"


def refusal(refused: Refused, voice: Voice) -> Told:
    """What was wrong, where, and which clause asks for the rule."""
    plain = {"field": refused.field, "reason": refused.reason, "clause": refused.clause}
    title = clause_title(refused.clause, voice)
    lines = [f"{voice.pick('拒绝：', 'Refused: ')}{voice.reason(refused.reason)}"]
    if refused.field:
        lines.append(f"  {voice.pick('所指：', 'field: ')}{refused.field}")
    if title:
        lines.append(f"  {voice.pick('依据：', 'clause: ')}{title}")
    return Told({"refused": {**plain, "clause_title": title}}, lines, failed=True)


def emit(told: Told, voice: Voice, *, err: bool = False) -> None:
    """Print an answer. JSON goes to standard output whatever it says; lines that say no go to standard error."""
    if voice.json:
        click.echo(msgspec.json.format(msgspec.json.encode(told.plain, enc_hook=str), indent=1))
        return
    for line in told.lines:
        click.echo(line, err=err)
