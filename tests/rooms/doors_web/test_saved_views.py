"""People keep the filters they use under names of their own, and long lists come in pages."""

import pytest
from console_cast import LogIn, text

from yunyue.doors.office import Office
from yunyue.doors.web.tables import paging
from yunyue.doors.web.tables.views import MOST

JOURNAL = {"page": "console:journal", "query": "contract=sample&type=payment.made"}


def test_a_filter_is_kept_under_a_name_and_comes_back(office: Office, log_in: LogIn) -> None:
    client = log_in()
    answer = client.post("/tables/views", {**JOURNAL, "name": "付款"})
    assert (answer.status_code, answer["Location"]) == (302, "/journal?contract=sample&type=payment.made")
    page = text(client.get("/journal"))
    assert 'href="/journal?contract=sample&amp;type=payment.made">付款</a>' in page


def test_the_page_number_is_not_kept(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/tables/views", {"page": "console:journal", "query": "day=&page=3", "name": "all"})
    assert 'href="/journal?day="' in text(client.get("/journal"))


def test_the_same_name_again_replaces(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/tables/views", {**JOURNAL, "name": "mine"})
    client.post("/tables/views", {"page": "console:journal", "query": "day=2024-10-08", "name": "mine"})
    page = text(client.get("/journal"))
    assert page.count(">mine</a>") == 1
    assert 'href="/journal?day=2024-10-08">mine</a>' in page


def test_nobody_sees_or_deletes_the_views_of_another(office: Office, log_in: LogIn) -> None:
    mine, other = log_in(), log_in()
    mine.post("/tables/views", {**JOURNAL, "name": "private-name"})
    from yunyue.doors.web.tables.models import SavedView

    number = SavedView.objects.get(name="private-name").pk
    assert "private-name" not in text(other.get("/journal"))
    assert other.post(f"/tables/views/{number}/forget").status_code == 404
    assert mine.post(f"/tables/views/{number}/forget").status_code == 302
    assert "private-name" not in text(mine.get("/journal"))


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "two\nlines"])
def test_a_name_that_is_none_is_refused_and_says_why(office: Office, log_in: LogIn, name: str) -> None:
    client = log_in(language="en")
    page = text(client.post("/tables/views", {**JOURNAL, "name": name}, follow=True))
    assert "Not saved. The name has 1 to 40 characters." in page


def test_a_name_is_shown_as_text_and_never_as_markup(office: Office, log_in: LogIn) -> None:
    client = log_in()
    client.post("/tables/views", {**JOURNAL, "name": "<b onclick=x>"})
    page = text(client.get("/journal"))
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page


def test_a_page_there_is_not_is_not_found(office: Office, log_in: LogIn) -> None:
    for page in ("nowhere", "https://elsewhere.example/", "console:fact"):
        assert log_in().post("/tables/views", {"page": page, "query": "", "name": "x"}).status_code == 404


def test_a_page_keeps_so_many_views_and_no_more(office: Office, log_in: LogIn) -> None:
    client = log_in(language="en")
    for number in range(MOST):
        client.post("/tables/views", {**JOURNAL, "name": f"view {number}"})
    page = text(client.post("/tables/views", {**JOURNAL, "name": "one more"}, follow=True))
    assert f"A page keeps {MOST} views" in page
    assert "one more" not in page
    client.post("/tables/views", {**JOURNAL, "name": "view 3"})
    assert f"· {MOST}</summary>" in text(client.get("/journal"))


def test_a_filter_too_long_is_refused(office: Office, log_in: LogIn) -> None:
    page = text(
        log_in(language="en").post(
            "/tables/views", {"page": "console:journal", "query": "day=" + "9" * 500, "name": "x"}, follow=True
        )
    )
    assert "The filter is too long." in page


def test_pages_keep_the_filter(office: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS", 5)
    page = text(log_in().get("/journal?type=&day="))
    assert "page=2" in page
    second = text(log_in().get("/journal?type=&day=&page=2"))
    assert "page=1" in second
    assert page.split("<tbody>")[1] != second.split("<tbody>")[1]


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", ""])
def test_a_page_number_that_cannot_be_is_the_nearest_that_can(office: Office, log_in: LogIn, page: str) -> None:
    assert "<tbody>" in text(log_in().get("/journal", {"page": page}))
