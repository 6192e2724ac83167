"""How text is set on paper: nothing hidden in it, and Chinese punctuation beside Chinese characters.

Facts may hold any text. A character that turns the direction of writing could make a sum read backwards, so whatever
cannot be seen shows its number, as 〔U+202E〕.
"""

import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = "\n\r\t\u2028\u2029\u0085"
_FULL = dict(zip(",;:?!", "\uff0c\uff1b\uff1a\uff1f\uff01", strict=True))
_CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\u201c\u201d\uff01-\uff1f]")
_BESIDE = re.compile(rf"(?<={_CHINESE.pattern})[,;:?!]|[,;:?!](?={_CHINESE.pattern})")


def printed(text: str) -> str:
    """The text as it goes onto paper."""
    if text.isascii() and text.isprintable():
        return text
    return _BESIDE.sub(lambda found: _FULL[found[0]], _bracketed(visible(text)))


def visible(text: str) -> str:
    """The text with nothing hidden: line ends and tabs become spaces, other unseen characters show their number."""
    return "".join(_visible(each) for each in text)


def coded(character: str) -> str:
    """The number of a character that cannot be shown."""
    return f"〔U+{ord(character):04X}〕"


def _visible(character: str) -> str:
    if character in _SPACES:
        return " "
    return coded(character) if unicodedata.category(character) in _INVISIBLE else character


def _bracketed(text: str) -> str:
    """Brackets around Chinese, or right after it, become full-width; a bracket without its pair stays."""
    out, opened = list(text), list[int]()
    for place, each in enumerate(text):
        if each == "(":
            opened.append(place)
        elif each == ")" and opened:
            start = opened.pop()
            if _CHINESE.search(text, max(start - 1, 0), place):
                out[start], out[place] = "\uff08", "\uff09"
    return "".join(out)
