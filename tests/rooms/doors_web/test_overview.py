"""The overview shows where the contract stands, from the statement of the day that is asked for."""

import json

import pytest
from console_cast import LogIn, text
from django.test import Client

from yunyue.doors.office import Office, open_office
from yunyue.doors.opening import discovered
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series


@pytest.fixture
def english(office: Office, log_in: LogIn) -> Client:
    return log_in(language="en")


def test_it_counts_the_days_left_of_the_term(english: Client) -> None:
    assert "72 days left" in text(english.get("/"))


def test_after_the_term_it_counts_the_days_since(english: Client) -> None:
    assert "ended 31 days ago" in text(english.get("/?as_of=2025-01-31"))


def test_the_bar_has_a_part_for_each_instalment_as_wide_as_its_share(english: Client) -> None:
    page = text(english.get("/"))
    for at, width, state in ((0, 500, "settled"), (500, 300, "waiting"), (800, 200, "waiting")):
        assert f'<rect x="{at}" y="0" width="{width}" height="26" class="bar-{state}">' in page


def test_it_says_what_was_paid_of_what(english: Client) -> None:
    page = text(english.get("/"))
    assert "¥958,397.20" in page
    assert "paid of ¥1,916,794.40" in page


def test_each_condition_stands_with_its_day_or_as_not_met(english: Client) -> None:
    page = text(english.get("/"))
    assert page.count("gate-met") == 4
    assert page.count("gate-open") == 5
    assert "2024-05-13" in page


def test_what_is_due_next_comes_first(english: Client) -> None:
    page = text(english.get("/"))
    assert page.index("Pay instalment 2") < page.index("Pay instalment 3")
    assert "2024-10-29" in page


def test_money_that_grows_or_is_proposed_is_shown_with_its_payer(english: Client) -> None:
    page = text(english.get("/"))
    assert "¥1,150.08" in page
    assert "¥1,333.59" in page


def test_an_earlier_day_shows_how_it_stood_then(english: Client) -> None:
    page = text(english.get("/?as_of=2024-05-01"))
    assert '<span class="big">¥0.00</span>' in page
    assert "¥1,150.08" not in page


def test_sample_annexes_are_marked(office: Office, log_in: LogIn) -> None:
    assert text(log_in().get("/")).count('<span class="sample">示例</span>') >= 2


def test_the_service_levels_are_given_to_the_chart_and_in_a_table(english: Client) -> None:
    page = text(english.get("/"))
    assert "98.711 %" in page
    assert 'data-chart="/overview/sla?' in page
    told = json.loads(english.get("/overview/sla").content)
    assert told["series"][0]["points"] == [["2024-04", "99.981"], ["2024-05", "98.711"]]
    assert told["series"][0]["target"] == "99"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=yesterday", "as_of"),
        ("as_of=2024-02-30", "as_of"),
        ("as_of=1999-12-31", "as_of"),
        ("known_at=noon", "known_at"),
        ("contract=nothing", "contract"),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(english: Client, query: str, field: str) -> None:
    answer = english.get(f"/?{query}")
    assert answer.status_code == 400
    assert f"<code>{field}</code>" in text(answer)


def test_what_is_asked_is_never_taken_for_markup(english: Client) -> None:
    page = text(english.get("/?as_of=<script>alert(1)</script>"))
    assert "<script>alert" not in page


def test_without_a_contract_it_says_how_to_get_one(
    settings: Settings, log_in: LogIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("empty")
    kernel = Kernel.open(Settings(home=home))
    registry = discovered()
    assert isinstance(kernel, Kernel)
    series = Series.open(home / "series")
    open_office(Office(Hosting(kernel, registry, series)))
    page = log_in(language="en").get("/")
    assert page.status_code == 200
    assert "No contract yet" in text(page)
    series.close()
    kernel.close()


def test_a_page_that_is_not_there_says_so(english: Client) -> None:
    answer = english.get("/nothing/here")
    assert answer.status_code == 404
    assert "Not here" in text(answer)
