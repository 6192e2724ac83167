"""The readings are all there, each with a default."""

from yunyue.contract import DEFAULTS, READINGS
from yunyue.contract.readings import BY_ID


def test_the_readings_run_from_a1_to_a24_without_a_gap() -> None:
    assert [reading.id for reading in READINGS] == [f"A{number}" for number in range(1, 25)]


def test_the_first_choice_is_the_default() -> None:
    assert BY_ID["A2"].default == "state_council"
    assert {identifier: BY_ID[identifier].choices[0].key for identifier in BY_ID} == DEFAULTS


def test_no_reading_offers_the_same_choice_twice() -> None:
    for reading in READINGS:
        keys = [choice.key for choice in reading.choices]
        assert len(keys) == len(set(keys)) > 0
