"""Where people meet a refusal, it speaks their language: on the terminal, from a contract's check, through the API."""

from yunyue.answer import Refused
from yunyue.contract.loader import Problem
from yunyue.doors.api.errors import problem
from yunyue.doors.cli.contract_shown import problems
from yunyue.doors.cli.voice import Voice, refusal

REFUSED = Refused("an order needs a quantity above 0", "order.placed.quantity", "C02")
ZH, EN = "订单数量须大于 0", "an order needs a quantity above 0"


def test_the_terminal_refuses_in_chinese() -> None:
    assert refusal(REFUSED, Voice("zh")).lines[0] == f"拒绝：{ZH}"


def test_the_terminal_refuses_in_english_when_asked_to() -> None:
    assert refusal(REFUSED, Voice("en")).lines[0] == f"Refused: {EN}"


def test_a_program_is_given_the_english_reason_in_either_language() -> None:
    for voice in (Voice("zh", json=True), Voice("en", json=True)):
        plain = refusal(REFUSED, voice).plain
        assert isinstance(plain, dict)
        assert plain["refused"]["reason"] == EN


def test_a_problem_of_a_contract_keeps_its_place_and_says_its_rule_in_chinese() -> None:
    wrong = Problem("terms.toml", 27, "price.total", "the total must be more than 0.00", "C02")
    assert problems([wrong], Voice("zh")).lines[0].startswith("terms.toml:27: price.total: 总金额须大于 0.00 [C02")
    english = problems([wrong], Voice("en")).lines[0]
    assert english.startswith("terms.toml:27: price.total: the total must be more than 0.00 [C02")


def test_the_api_gives_the_reason_in_both_languages() -> None:
    said = problem(REFUSED)
    assert (said.reason, said.reason_zh) == (EN, ZH)


def test_the_api_gives_the_english_reason_twice_where_there_is_no_chinese() -> None:
    said = problem(Refused("the moon is made of cheese"))
    assert (said.reason, said.reason_zh) == ("the moon is made of cheese", "the moon is made of cheese")
