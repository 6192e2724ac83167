"""Both languages are whole: nothing untranslated, nothing doubtful, and the compiled words are the written ones."""

import gettext
import re
from pathlib import Path

import pytest
from console_cast import LogIn, text

from yunyue.doors import web
from yunyue.doors.office import Office

WEB = Path(web.__file__).parent
SHEETS = sorted(WEB.rglob("locale/zh_Hans/LC_MESSAGES/django.po"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"Excel"}
TRANSLATED = re.compile(
    r"""{% translate (?P<mark>["'])(?P<words>.+?)(?P=mark)(?: context ["'](?P<context>\w+)["'])?(?: as \w+)? %}"""
)
IN_CONTEXT = re.compile(r"""pgettext(?:_lazy)?\(\s*"(\w+)",\s*"([^"]+)"\s*\)""")


def written() -> dict[str, str]:
    """The words of the console and of each area: English to Chinese."""
    found: dict[str, str] = {}
    for sheet in SHEETS:
        found |= words_of(sheet)
    return found


def words_of(sheet: Path) -> dict[str, str]:
    """The words of one django.po: English to Chinese; of words with a plural, the singular."""
    found: dict[str, str] = {}
    for parts in blocks(sheet):
        found[key(parts["msgid"], parts["msgctxt"])] = parts["msgstr"] or parts["msgstr[0]"]
    return found


def blocks(sheet: Path) -> list[dict[str, str]]:
    """The entries of one django.po, each by its keywords; one that is not there is empty."""
    found = []
    for block in sheet.read_text("utf-8").split("\n\n"):
        parts = dict.fromkeys(("msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr[0]"), "")
        at = ""
        for line in block.splitlines():
            if match := re.match(r'(msg[a-z_]+(?:\[0\])?) "(.*)"$', line):
                at = match[1]
                parts[at] += match[2]
            elif line.startswith('"') and at:
                parts[at] += line[1:-1]
        found.append({keyword: text.replace('\\"', '"') for keyword, text in parts.items()})
    return found


def asked_for() -> set[str]:
    """The words that templates and pages ask for, as far as they stand there plainly."""
    found: set[str] = set()
    for path in WEB.rglob("*.html"):
        source = path.read_text("utf-8")
        found |= {key(match["words"], match["context"]) for match in TRANSLATED.finditer(source)}
    for path in WEB.rglob("*.py"):
        source = path.read_text("utf-8")
        found |= set(re.findall(r"""(?<!\w)_\(\s*"([^"]+)"\s*\)""", source))
        found |= {key(match[2], match[1]) for match in IN_CONTEXT.finditer(source)}
    return found


def key(words: str, context: str | None) -> str:
    """As compiled words are looked up: those of a context apart from the same words elsewhere."""
    return f"{context}\x04{words}" if context else words


def test_every_word_has_its_chinese() -> None:
    words = written()
    assert len(words) > 150
    assert [english for english, chinese in words.items() if not chinese] == []


def test_chinese_is_chinese() -> None:
    strange = [english for english, chinese in written().items() if english and not CHINESE.search(chinese)]
    assert set(strange) <= SAME_IN_BOTH


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.parents[3].name for sheet in SHEETS])
def test_no_word_is_doubtful_or_left_over(sheet: Path) -> None:
    source = sheet.read_text("utf-8")
    assert "#, fuzzy" not in source
    assert "#~" not in source


def test_the_same_places_are_filled_in_both_languages() -> None:
    places = re.compile(r"%\(\w+\)s|%s")
    wrong = []
    for parts in (one for sheet in SHEETS for one in blocks(sheet)):
        english, chinese = parts["msgid_plural"] or parts["msgid"], parts["msgstr"] or parts["msgstr[0]"]
        if sorted(places.findall(english)) != sorted(places.findall(chinese)):
            wrong.append(english)
    assert wrong == []


def test_a_word_has_one_chinese_in_every_area() -> None:
    chinese: dict[str, set[str]] = {}
    for sheet in SHEETS:
        for english, words in words_of(sheet).items():
            chinese.setdefault(english, set()).add(words)
    assert {english: words for english, words in chinese.items() if english and len(words) > 1} == {}


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.parents[3].name for sheet in SHEETS])
def test_the_compiled_words_are_the_written_ones(sheet: Path) -> None:
    with sheet.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for english, chinese in words_of(sheet).items():
        if not english:
            continue
        context, _, plain = english.rpartition("\x04")
        assert chinese in either(compiled, context, plain)


def either(compiled: gettext.GNUTranslations, context: str, plain: str) -> tuple[str, str]:
    """A word as it is, and as for one: Python before 3.11.4 finds what has a plural only when asked with a number."""
    if context:
        return compiled.pgettext(context, plain), compiled.npgettext(context, plain, plain, 1)
    return compiled.gettext(plain), compiled.ngettext(plain, plain, 1)


def test_every_word_a_page_asks_for_is_written() -> None:
    assert sorted(asked_for() - set(written())) == []


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "合同现状"), ("en", "Where the contract stands")])
def test_pages_speak_the_language_of_the_browser(office: Office, log_in: LogIn, language: str, words: str) -> None:
    page = text(log_in(language=language).get("/"))
    assert words in page
    assert f'<html lang="{language}"' in page


def test_a_browser_of_neither_language_gets_chinese(office: Office, log_in: LogIn) -> None:
    assert "合同现状" in text(log_in(language="fr").get("/"))


def test_the_language_chosen_on_the_page_stays(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/accounts/language", {"language": "en", "next": "/"})
    assert "Where the contract stands" in text(client.get("/"))


@pytest.mark.parametrize("page", ["/", "/statement", "/journal", "/journal/fact/payment-1", "/monitoring"])
def test_no_english_word_of_ours_is_left_on_a_chinese_page(office: Office, log_in: LogIn, page: str) -> None:
    shown = re.sub(
        r"<(script|style|code|pre|option)[^>]*>.*?</\1>|<[^>]+>", " ", text(log_in().get(page)), flags=re.DOTALL
    )
    ours = {english for english in written() if len(english.split()) > 2}
    assert [english for english in ours if english in shown] == []
