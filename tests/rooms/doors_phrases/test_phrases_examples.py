"""Every phrase matches the example beside it, and its Chinese says all that the English says."""

import re

import pytest

from yunyue.doors.phrases import PHRASES, chinese
from yunyue.doors.phrases.book import phrase_of
from yunyue.doors.phrases.phrase import Phrase, quoted, says

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ASCII_STOPS = re.compile(r"[\u4e00-\u9fff][,;?!]")
IN_WORDS = ("reason", "list", "title", "type")


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.english[:60])
def test_the_example_of_a_phrase_is_taken_apart_into_its_samples(phrase: Phrase) -> None:
    match = phrase.pattern.fullmatch(phrase.example)
    assert match is not None
    assert match.groupdict() == dict(phrase.samples)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.english[:60])
def test_no_other_phrase_speaks_for_the_example(phrase: Phrase) -> None:
    assert phrase_of(phrase.example) is phrase


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.english[:60])
def test_the_chinese_is_chinese_and_holds_every_value(phrase: Phrase) -> None:
    said = chinese(phrase.example)
    assert CHINESE.search(said)
    for name, kind in phrase.kinds.items():
        value = phrase.samples[name]
        if kind == "dropped":
            assert f"{{{name}}}" not in phrase.chinese
        elif kind in IN_WORDS:
            assert f"{{{name}}}" in phrase.chinese
        else:
            assert quoted(value) in said


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.english[:60])
def test_the_chinese_is_punctuated_in_chinese(phrase: Phrase) -> None:
    assert not ASCII_STOPS.search(phrase.chinese)


def test_no_english_sentence_stands_in_the_book_twice() -> None:
    assert len({phrase.english for phrase in PHRASES}) == len(PHRASES)


def test_samples_that_a_phrase_has_no_place_for_are_refused() -> None:
    with pytest.raises(ValueError, match="its places are order"):
        says("there is no order {order}", "没有订单 {order}", item="x")


def test_a_place_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="its places are order"):
        says("there is no order {order:thing}", "没有订单 {order}", order="x")
