"""What a page must not hold, found in pages as servers send them, and in no time whatever the page."""

from time import perf_counter

import pytest
from monitor_servers import against, answers, page, server_tls

from yunyue.services.monitor.expectation import Answer
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.page import Forbidden, inspect
from yunyue.services.monitor.target import parse_target

HERE = parse_target("https", "https://www.example.gov.cn/news/")


def found(body: str | bytes, forbidden: Forbidden, kind: str = "text/html; charset=utf-8") -> str:
    octets = body.encode() if isinstance(body, str) else body
    try:
        inspect(Answer(200, {"content-type": kind}, octets), HERE, forbidden)
    except Failure as failure:
        return failure.error
    return ""


GAMBLING = Forbidden(words="博彩\n娱乐城")
OURS = Forbidden(hosts=".gov.cn\ncdn.example.com")
SECURE = Forbidden(mixed=True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>澳门博彩</p>", "text/html"),
        ("<p>澳门博彩</p>".encode("gbk"), "text/html; charset=GBK"),
        ('<meta charset="gb2312"><p>澳门博彩</p>'.encode("gb2312"), "text/html"),
        ("<p>&#21338;&#24425;</p>", "text/html"),
        ("<p>博彩</p>", "text/html; charset=no-such-set"),
    ],
)
def test_a_word_is_found_in_every_way_of_writing_it(body: str | bytes, kind: str) -> None:
    assert found(body, GAMBLING, kind) == "words"


@pytest.mark.parametrize("number", ["1" * 5_000, "0" * 5_000 + "21338"])
def test_a_number_of_thousands_of_digits_hides_nothing(number: str) -> None:
    """Python refuses to read it; the page would be no failure but a gap, and its dark words would go unseen."""
    assert found(f"<p>&#{number}; 博彩</p>", GAMBLING) == "words"
    assert found(f"<p>&#{'0' * 5_000}21338;&#24425;</p>", GAMBLING) == "words"


def test_a_page_without_the_words_is_right() -> None:
    assert found("<p>政务公开</p>", GAMBLING) == ""


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://casino.example/x">',
        "<a style='display:none' href='//casino.example'>",
        "<IFRAME SRC=http://casino.example/>",
        '<form action="https://gov.cn.casino.example/">',
        '<a href="https://xgov.cn/">',
        '<a href="&#104;ttps://casino.example/">',
        '<a href="https://[broken/">',
        '<a href="https://www.example.gov.cn@casino.example/">',
    ],
)
def test_a_link_to_a_stranger_is_found(link: str) -> None:
    assert found(link, OURS) == "foreign_link"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/local">',
        '<a href="#top">',
        '<a href="https://www.example.gov.cn/x">',
        '<a href="https://gov.cn/">',
        '<a href="https://bureau.beijing.gov.cn/">',
        "<script src='//cdn.example.com/a.js'>",
        '<a href="mailto:x@casino.example">',
    ],
)
def test_a_link_that_stays_or_is_allowed_is_right(link: str) -> None:
    assert found(link, OURS) == ""


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ('<img src="http://www.example.gov.cn/a.png">', "mixed"),
        ('<form action="http://www.example.gov.cn/login">', "mixed"),
        ('<img src="/a.png">', ""),
        ('<a href="http://www.example.gov.cn/">', ""),
    ],
)
def test_parts_over_http_on_a_page_over_https_are_found_and_links_are_no_parts(part: str, error: str) -> None:
    assert found(part, SECURE) == error


@pytest.mark.parametrize("piece", ["src=\"'", "src='", "href=" + " " * 7, "<a href=", "&#", 'src="' + "x" * 2_047])
def test_a_page_made_to_be_slow_to_read_is_not(piece: str) -> None:
    body = piece * (1_000_000 // len(piece))
    began = perf_counter()
    found(body, Forbidden(words="x-y", hosts="a.cn", mixed=True))
    assert perf_counter() - began < 5


def test_the_probe_looks_at_the_page_where_the_redirects_end() -> None:
    hacked = answers(page('<a href="https://casino.example/">博彩</a>'.encode()))
    assert against(hacked, "https", server_tls(), allowed_hosts=".gov.cn").error == "foreign_link"
    assert against(hacked, forbidden_words="博彩").error == "words"
    assert against(hacked).ok
