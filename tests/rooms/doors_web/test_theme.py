"""A person chooses light, dark or the system's colours, and the choice stays in the browser."""

import pytest
from console_cast import LogIn, text

from yunyue.doors.office import Office


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_stays(office: Office, log_in: LogIn, theme: str) -> None:
    client = log_in()
    answer = client.post("/theme", {"theme": theme, "next": "/journal"})
    assert (answer.status_code, answer["Location"]) == (302, "/journal")
    assert f'data-theme="{theme}"' in text(client.get("/"))


def test_a_dark_page_is_dark_before_any_script_runs(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/theme", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in text(client.get("/"))


def test_nobody_having_chosen_the_system_decides(office: Office, log_in: LogIn) -> None:
    assert 'data-theme="auto"' in text(log_in().get("/"))


def test_a_theme_there_is_not_changes_nothing(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/theme", {"theme": "neon"})
    assert 'data-theme="auto"' in text(client.get("/"))
    client.cookies["theme"] = '"><b>'
    assert 'data-theme="auto"' in text(client.get("/"))


def test_the_way_back_stays_in_the_console(office: Office, log_in: LogIn) -> None:
    assert log_in().post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_theme_is_not_chosen_by_a_link(office: Office, log_in: LogIn) -> None:
    assert log_in().get("/theme?theme=dark").status_code == 405
