"""The element that must stand on a page: how pages are read, how elements are named, what is refused."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import against, answers, page, probe

from yunyue.services.monitor.element import parts, stands
from yunyue.services.monitor.markup import MOST_ELEMENTS, decoded, nodes

HALL = """<!DOCTYPE html><html><head><title>政务 &amp; 大厅</title>
<script>if (a < b) document.write("<div id=fake>x</div>")</script></head>
<body><!-- <p id=hidden>old</p> --><div id="hall" class="main wide"><h1>欢迎</h1>
<ul><li>办事指南<li class=notice>今日 <b>停机</b>维护</ul>
<form action=/search><input name=q value="社保 查询"><input type=submit></form></div>
<p>甲<p id=after>乙<table><tr><td>1<td class=sum>98.5</table></body></html>"""


@pytest.mark.parametrize(
    ("element", "text", "found"),
    [
        ("h1", "欢迎", True),
        ("h1", "再见", False),
        ("title", "政务 & 大厅", True),
        ("#hall", "", True),
        ("#hall .notice", "今日 停机维护", True),
        ("div.main.wide ul li.notice b", "停机", True),
        ("li", "办事指南", True),
        ("#after .notice", "", False),
        ("form[action] input[name=q]", "", True),
        ('input[value="社保 查询"]', "", True),
        ("input[value='社保']", "", False),
        ("*[type=submit]", "", True),
        ("table .sum", "98.5", True),
        (".sum", "198.5", False),
        ("tr td td", "", False),
        ("#after", "乙", True),
        ("p p", "", False),
        ("#hidden", "", False),
        ("#fake", "", False),
        ("H1", "", True),
        ("script", "document", False),
    ],
)
def test_an_element_is_found_where_css_finds_it(element: str, text: str, found: bool) -> None:
    assert stands(nodes(HALL), element, text) is found


@pytest.mark.parametrize(
    "element", ["", "a > b", "a, b", "a:hover", "a[b^=c]", "..", "#", "a b[", "//a", "a" + " a" * 10, "a[b='c]"]
)
def test_another_way_to_name_an_element_is_refused(element: str) -> None:
    with pytest.raises(ValueError, match=r"element is named|write a type"):
        parts(element)


@given(st.text(st.sampled_from("<>/!-=\"' abpid\n&;#"), max_size=60))
def test_any_text_is_read_and_nothing_of_it_stands_deeper_than_what_is_around_it(text: str) -> None:
    depth = -1
    for node in nodes(text):
        assert node.depth <= depth + 1
        depth = node.depth


@pytest.mark.parametrize(
    "hostile",
    [
        "<a " * 300_000,
        "<" * 1_000_000,
        '<a b="' * 150_000,
        "<a b='" * 150_000,
        "<a" + " " * 1_000_000,
        "<p>" * 300_000,
        "</b>" * 250_000,
        "<div>" * 200_000 + "</div>",
        "<script>" * 120_000,
        "<!--" * 250_000,
    ],
)
def test_a_page_made_to_be_read_for_ever_is_read_in_no_time(hostile: str) -> None:
    began = process_time()
    found = nodes(hostile)
    assert process_time() - began < 3
    assert sum(node.name != "#text" for node in found) <= MOST_ELEMENTS


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=gbk", "<h1>欢迎</h1>".encode("gbk")),
        ("text/html", "<meta charset=gb2312><h1>欢迎</h1>".encode("gbk")),
        ("text/html", "<h1>欢迎</h1>".encode()),
        ("text/html; charset=nonsense", "<h1>欢迎</h1>".encode()),
    ],
)
def test_a_page_is_read_in_its_character_set(kind: str, body: bytes) -> None:
    assert stands(nodes(decoded(kind, body)), "h1", "欢迎")


def test_a_probe_fails_by_its_own_name_when_the_element_is_gone_or_says_something_else() -> None:
    good = answers(page(HALL.encode()))
    assert against(good, element="#hall .notice", element_text="停机").ok
    assert against(good, element="#hall .notice", element_text="恢复").error == "element"
    assert against(good, element="#gone").error == "element"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"element": "a:hover"}, "element: at 'a:hover'"),
        ({"element_text": "x"}, "element_text: needs element"),
        ({"element": "a", "max_body": 2 << 20}, "max_body: of a page"),
        ({"element": "a", "steps": ({"path": "/"},)}, "element: of a scenario"),
    ],
)
def test_an_order_that_cannot_be_judged_is_refused(more: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        probe("http", "http://www.example.gov.cn/" if "steps" not in more else "http://www.example.gov.cn", **more)
