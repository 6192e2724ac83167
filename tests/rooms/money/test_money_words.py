"""Amounts in Chinese capitals, against the contract, the official examples, and another way of writing them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import BOUND, Money, NotMoney, in_words, parse_words

# Capital amounts that the contract itself prints: 八(一) and the three instalments of 八(二).
CONTRACT = [
    ("1916794.40", "壹佰玖拾壹万陆仟柒佰玖拾肆元肆角"),
    ("958397.20", "玖拾伍万捌仟叁佰玖拾柒元贰角"),
    ("575038.32", "伍拾柒万伍仟零叁拾捌元叁角贰分"),
    ("383358.88", "叁拾捌万叁仟叁佰伍拾捌元捌角捌分"),
]
# The examples of article 4 of 《正确填写票据和结算凭证的基本规定》; the first form of an amount is the one we write.
OFFICIAL = [
    ("1409.50", ["壹仟肆佰零玖元伍角"]),
    ("6007.14", ["陆仟零柒元壹角肆分"]),
    ("1680.32", ["壹仟陆佰捌拾元零叁角贰分", "壹仟陆佰捌拾元叁角贰分"]),
    ("107000.53", ["壹拾万柒仟元零伍角叁分", "壹拾万零柒仟元伍角叁分"]),
    ("16409.02", ["壹万陆仟肆佰零玖元零贰分"]),
    ("325.04", ["叁佰贰拾伍元零肆分"]),
]
OTHERS = [
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角"),
    ("10.00", "壹拾元整"),
    ("10.05", "壹拾元零伍分"),
    ("10010.10", "壹万零壹拾元零壹角"),
    ("100000.00", "壹拾万元整"),
    ("10007000.00", "壹仟万柒仟元整"),
    ("100007000.00", "壹亿零柒仟元整"),
    ("10050000000.00", "壹佰亿伍仟万元整"),
    ("1000000000000.00", "壹万亿元整"),
    ("1000000000001.00", "壹万亿零壹元整"),
    ("100000500000000.10", "壹佰万零伍亿元零壹角"),
]
amounts = st.one_of(
    st.integers(min_value=0, max_value=BOUND - 1),
    # Few nonzero digits: most of the rules are about zeros.
    st.lists(st.sampled_from("0000125"), min_size=1, max_size=17).map(lambda digits: int("".join(digits))),
).map(Money)


def written_naively(amount: Money) -> str:
    """Another writer: name every digit with its place, then strike out the zeros nobody says."""
    yuan, rest = divmod(amount.fen, 100)
    places = ["", "拾", "佰", "仟", "万", "拾", "佰", "仟", "亿", "拾", "佰", "仟", "万", "拾", "佰"]
    named = zip(str(yuan), reversed(places[: len(str(yuan))]), strict=True)
    words = "".join("零壹贰叁肆伍陆柒捌玖"[int(digit)] + place for digit, place in named) + "元"
    words = re.sub("零[拾佰仟]", "零", words)
    words = re.sub("零+([万亿元])", r"\1", re.sub("零+", "零", words))
    words = words.replace("亿万", "亿")
    jiao, fen = ("零壹贰叁肆伍陆柒捌玖"[int(digit)] for digit in f"{rest:02d}")
    words += f"{jiao}角{fen}分" if rest else "整"
    return words.replace("零角零分", "").replace("零角", "零").replace("零分", "")


@pytest.mark.parametrize(("figures", "words"), CONTRACT + OTHERS)
def test_an_amount_is_written_in_capitals(figures: str, words: str) -> None:
    assert in_words(Money.parse(figures)) == words


@pytest.mark.parametrize(("figures", "words"), CONTRACT + OTHERS)
def test_an_amount_in_capitals_is_read(figures: str, words: str) -> None:
    assert parse_words(words) == Money.parse(figures)


@pytest.mark.parametrize(("figures", "forms"), OFFICIAL)
def test_every_official_form_is_read_with_and_without_the_currency(figures: str, forms: list[str]) -> None:
    for form in forms:
        assert parse_words(form) == parse_words(f"人民币{form}") == Money.parse(figures)


@pytest.mark.parametrize(("figures", "forms"), OFFICIAL)
def test_the_first_official_form_is_the_one_we_write(figures: str, forms: list[str]) -> None:
    assert in_words(Money.parse(figures)) == forms[0]


@given(amounts)
def test_reading_what_was_written_gives_the_amount_back(amount: Money) -> None:
    assert parse_words(in_words(amount)) == amount


@given(amounts.filter(lambda amount: amount.fen >= 100))
def test_what_another_writer_writes_is_read_as_the_same_amount(amount: Money) -> None:
    assert parse_words(written_naively(amount)) == amount


@given(amounts)
def test_no_form_we_write_doubles_a_zero_or_ends_in_one(amount: Money) -> None:
    words = in_words(amount)
    assert "零零" not in words
    assert not re.search("零[万亿]", words)
    assert words == "零元整" or "零元" not in words


@given(amounts, amounts)
def test_two_amounts_never_share_their_words(one: Money, other: Money) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@given(st.text(alphabet="零壹贰玖拾佰仟万亿元角分整", max_size=14))
def test_whatever_is_read_differs_from_what_we_write_in_optional_characters_only(text: str) -> None:
    try:
        amount = parse_words(text)
    except NotMoney:
        return
    optional = str.maketrans("", "", "零整元")
    assert text.translate(optional) == in_words(amount).translate(optional)


@given(amounts, st.data())
def test_one_character_struck_out_is_refused_or_leaves_no_doubt(amount: Money, draw: st.DataObject) -> None:
    words = in_words(amount)
    struck = draw.draw(st.integers(min_value=0, max_value=len(words) - 1))
    try:
        found = parse_words(words[:struck] + words[struck + 1 :])
    except NotMoney:
        return
    # Only a zero that article 4(3) leaves to the writer may go missing without changing the amount.
    assert (found == amount) == (words[struck] == "零")


@pytest.mark.parametrize(
    ("variant", "figures"),
    [
        ("壹佰元正", "100.00"),
        ("壹佰圆整", "100.00"),
        ("人民币壹佰圓正", "100.00"),
        ("貳萬陸仟元整", "26000.00"),
        ("壹億元整", "100000000.00"),
        ("肆元肆角整", "4.40"),
        ("肆元肆角正", "4.40"),
        ("零元伍角", "0.50"),
        ("零元零伍分", "0.05"),
        ("壹拾万零柒仟元零伍角叁分", "107000.53"),
    ],
)
def test_variants_that_the_rules_accept_are_read(variant: str, figures: str) -> None:
    assert parse_words(variant) == Money.parse(figures)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("壹佰元", "壹佰元整"),
        ("壹佰元伍分整", "壹佰元零伍分"),
        ("壹佰元零伍分整", "壹佰元零伍分"),
        ("壹仟伍元整", "壹仟零伍元整"),
        ("壹仟零零伍元整", "壹仟零伍元整"),
        ("壹佰零元整", "壹佰元整"),
        ("伍佰壹仟元整", "壹仟伍佰元整"),
        ("壹佰壹佰元整", "贰佰元整"),
        ("壹万壹亿元整", "壹万零壹亿元整"),
        ("叁角伍角", "捌角"),
        ("零伍分", "伍分"),
        ("伍角零元", "伍角"),
        ("壹佰", "零元整"),
        ("", "零元整"),
        ("人民币", "零元整"),
        ("人民币人民币壹佰元整", "人 is none"),
    ],
)
def test_a_form_against_the_rules_is_refused_with_the_right_one(text: str, wanted: str) -> None:
    with pytest.raises(NotMoney, match=wanted):
        parse_words(text)


@pytest.mark.parametrize(
    "text", ["两佰元整", "二百元整", "100元整", "壹佰元整 ", "人民币 壹佰元整", "壹佰美元整", "负壹元整"]
)
def test_characters_outside_the_rules_are_refused(text: str) -> None:
    with pytest.raises(NotMoney, match="is none of"):
        parse_words(text)


def test_an_amount_in_words_out_of_range_is_refused() -> None:
    with pytest.raises(NotMoney, match=r"10\*\*17"):
        parse_words("壹仟万亿元整")
    with pytest.raises(NotMoney, match="64 characters"):
        parse_words("壹" * 65)


def test_a_negative_amount_has_no_capital_form() -> None:
    with pytest.raises(NotMoney, match="negative"):
        in_words(Money(-1))


def test_only_text_is_read_as_words() -> None:
    with pytest.raises(NotMoney, match="not int"):
        parse_words(100)  # type: ignore[arg-type]  # the refusal is what is tested
