"""Amounts in Chinese capital characters, written and read as the People's Bank prescribes for bills.

Source: 《正确填写票据和结算凭证的基本规定》 (annex 1 of 《支付结算办法》, 银发〔1997〕393号), articles 1, 2 and 4.
Where the rules leave a choice we write the first of the forms they show, and 整 after 元 only (the contract writes
none after 角); every form they allow is read. They know no negative amount.
"""

from __future__ import annotations

import re

from yunyue.money.errors import NotMoney
from yunyue.money.money import Money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "万")  # of four digits each, from the right; beyond 亿 one counts 万 of 亿
_VALUES = {"拾": 10, "佰": 100, "仟": 1_000}
_VARIANTS = str.maketrans("貳陸萬億圆圓正", "贰陆万亿元元整")  # article 1: traditional characters are accepted
_LONGEST = 64  # characters; the longest amount in range has 39
_RULES = "正确填写票据和结算凭证的基本规定"

# In a form, a zero the rules leave to the writer stands as one of these two marks.
_WRITTEN, _OMITTED = "+", "-"  # as we write it ourselves


def in_words(amount: Money) -> str:
    """1916794.40 is 壹佰玖拾壹万陆仟柒佰玖拾肆元肆角. Raises NotMoney for a negative amount."""
    if amount.fen < 0:
        raise NotMoney(str(amount), f"a negative amount has no capital form ({_RULES})")
    yuan, rest = divmod(amount.fen, 100)
    if not yuan and rest:
        return _decimals(rest)
    return _form(yuan, rest).replace(_WRITTEN, "零").replace(_OMITTED, "")


def parse_words(text: str) -> Money:
    """Read capital characters, with or without 人民币 before them. Raises NotMoney, naming the form the rules want."""
    if not isinstance(text, str):
        raise NotMoney(text, f"an amount in words is text, not {type(text).__name__}")
    if len(text) > _LONGEST:
        raise NotMoney(text, f"it has more than {_LONGEST} characters")
    plain = text.removeprefix("人民币").translate(_VARIANTS)
    amount = _value(text, plain)
    if not re.fullmatch(_pattern(amount), plain):
        raise NotMoney(text, f"its characters count up to {amount}, which is written {in_words(amount)} ({_RULES})")
    return amount


def _form(yuan: int, rest: int) -> str:
    """The capital form from 元 on down, with the zeros of article 4 as marks where they are left to the writer."""
    if not rest:
        return f"{_yuan(yuan)}元整"
    if rest < 10:
        return f"{_yuan(yuan)}元零{_decimals(rest)}"  # article 4(4): no jiao, but fen
    return f"{_yuan(yuan)}元{'' if yuan % 10 else _WRITTEN}{_decimals(rest)}"


def _decimals(rest: int) -> str:
    jiao, fen = divmod(rest, 10)
    return (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")


def _yuan(yuan: int) -> str:
    """Whole yuan without 元: digits with their places, 万 and 亿 after their sections, zeros as article 4 wants."""
    digits = str(yuan)
    words, zeros = "", 0
    for place, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        if digit:
            words += _zero(place, zeros) + _DIGITS[digit] + _PLACES[place % 4]
        zeros = 0 if digit else zeros + 1
        words += _section(yuan, place)
    return words or "零"


def _zero(place: int, zeros: int) -> str:
    """What stands for the zeros before the digit at a place: nothing, 零, or a mark where article 4(3) leaves it."""
    if not zeros:
        return ""
    if place % 4 != 3:
        return "零"
    return _WRITTEN if zeros >= 4 else _OMITTED  # a whole empty section shows, a section's last zeros do not


def _section(yuan: int, place: int) -> str:
    """万 or 亿 when the digit at this place ends such a section; an empty section of 万 has no name."""
    section, inside = divmod(place, 4)
    if inside:
        return ""
    empty = yuan // 10**place % 10_000 == 0
    return "" if empty and section != 2 else _SECTIONS[section]


def _pattern(amount: Money) -> str:
    """A regular expression of every form the rules allow for an amount; the characters need no escaping."""
    yuan, rest = divmod(amount.fen, 100)
    end = "" if rest % 10 or not rest else "整?"  # article 2: none after 分, a choice after 角, always after 元
    if not yuan and rest:
        return f"(零元{'' if rest >= 10 else '零'})?{_decimals(rest)}{end}"
    return _form(yuan, rest).replace(_WRITTEN, "零?").replace(_OMITTED, "零?") + end


def _value(text: str, plain: str) -> Money:
    """What the characters count up to, in whatever order they stand; the caller checks that the form is allowed."""
    fen = total = section = digit = 0
    for character in plain:
        match character:
            case "整":
                continue
            case "拾" | "佰" | "仟":
                section, digit = section + digit * _VALUES[character], 0
            case "万":
                total, section, digit = total + (section + digit) * 10_000, 0, 0
            case "亿":
                total, section, digit = (total + section + digit) * 10**8, 0, 0
            case "元":
                fen, total, section, digit = (total + section + digit) * 100, 0, 0, 0
            case "角" | "分":
                fen, digit = fen + digit * (10 if character == "角" else 1), 0
            case _ if character in _DIGITS:
                digit = _DIGITS.index(character)
            case _:
                raise NotMoney(text, f"{character} is none of {_DIGITS}拾佰仟万亿元角分整 ({_RULES})")
    return Money(fen)
