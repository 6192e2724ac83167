"""The checks of a page's content, each against what it must find and what it must leave alone."""

import asyncio
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import Behaviour, network, page, probe, serving
from PIL import Image, ImageDraw

from yunyue.services.monitor.content import picture, structure, words
from yunyue.services.monitor.content.crawl import broken_links
from yunyue.services.monitor.content.domain import domain, end_of, registrable
from yunyue.services.monitor.content.findings import Seen
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import NotMade
from yunyue.services.monitor.pages.sight import Node, Sight, read, write
from yunyue.services.monitor.pages.waterfall import Load, Waterfall
from yunyue.services.monitor.parameters import Probe

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://www.example.gov.cn/"
Spec = tuple[int, str, object]


def sight(*nodes: Spec, url: str = URL, ends: int = 0, title: str = "", loads: tuple[str, ...] = ()) -> Sight:
    fall = Waterfall(
        url=url,
        landed=url,
        title=title,
        status=200,
        parsed=1,
        loaded=1,
        size=1,
        requests=1,
        loads=tuple(Load(url=one) for one in loads),
        ends=ends,
    )
    return Sight(fall, b"", tuple(Node(*one) for one in nodes))  # type: ignore[arg-type] # what a node says, by place


def wanted(**more: object) -> Probe:
    return probe("page", URL, ca="", **more)


def about(found: Iterable[Seen]) -> list[str]:
    return [one.subject for one in found]


class TestWords:
    def test_a_word_in_a_text_a_title_or_an_alternative_text_is_found(self) -> None:
        for seen in (
            sight((1, "p", {}), (2, "#text", "在线赌博平台")),
            sight(title="赌博"),
            sight((1, "img", {"alt": "赌博"})),
        ):
            assert about(words.words(seen, wanted(forbidden_words="赌博\n毒品"))) == ["赌博"]

    def test_a_word_in_a_program_or_a_style_is_not_what_the_page_says(self) -> None:
        seen = sight((1, "script", {}), (2, "#text", "// 赌博"), (1, "style", {}), (2, "#text", "赌博"))
        assert about(words.words(seen, wanted(forbidden_words="赌博"))) == []

    def test_without_a_list_nothing_is_looked_for(self) -> None:
        assert about(words.words(sight((1, "#text", "x")), wanted())) == []


class TestLinks:
    PAGE = sight(
        (1, "a", {"href": "/inner"}),
        (1, "a", {"href": "https://bet.example/"}),
        (1, "a", {"href": "mailto:a@b.example"}),
        (1, "a", {"href": "https://news.gov.cn/"}),
        loads=("https://tracker.example/x.js",),
    )

    def test_every_stranger_is_a_finding_whether_linked_or_loaded(self) -> None:
        found = about(words.foreign_links(self.PAGE, wanted(allowed_hosts=".gov.cn")))
        assert found == ["bet.example", "tracker.example"]

    def test_without_a_list_no_link_is_a_stranger(self) -> None:
        assert about(words.foreign_links(self.PAGE, wanted())) == []

    def test_a_part_over_http_is_mixed_and_a_link_over_http_is_not(self) -> None:
        seen = sight((1, "img", {"src": "http://a.example/x.png"}), (1, "a", {"href": "http://a.example/"}))
        assert about(words.mixed(seen, wanted(no_mixed=True))) == ["http://a.example/x.png"]
        assert about(words.mixed(seen, wanted())) == []
        assert about(words.mixed(sight((1, "img", {"src": "/x"}), url="http://a/"), wanted(no_mixed=True))) == []


class TestCertificate:
    @pytest.mark.parametrize(("days", "found"), [(13, ["www.example.gov.cn"]), (15, []), (-1, ["www.example.gov.cn"])])
    def test_one_that_ends_within_the_days_given_is_found(self, days: int, found: list[str]) -> None:
        ends = int((NOW + timedelta(days=days)).timestamp() * 1000)
        assert about(words.certificate(sight(ends=ends), wanted(days_before=14), NOW)) == found

    def test_a_page_without_one_is_no_finding(self) -> None:
        assert about(words.certificate(sight(), wanted(), NOW)) == []


class TestIcp:
    ASKED = "京ICP备12345678号-1"

    def look(self, text: str) -> list[str]:
        return about(words.icp(sight((1, "footer", {}), (2, "#text", text)), wanted(icp=self.ASKED)))

    def test_the_registered_number_is_no_finding_however_it_is_spaced(self) -> None:
        assert self.look("版权所有 京ICP备12345678号-1") == []
        assert self.look("京ICP备 12345678 号-1") == []

    def test_a_page_without_it_and_a_page_with_anothers_are_findings(self) -> None:
        assert self.look("版权所有") == ["missing"]
        assert self.look("沪ICP备87654321号") == ["other"]
        assert self.look("京ICP备12345678号-2") == ["other"]

    @pytest.mark.parametrize("number", ["ICP备12345678号", "京ICP备号", "京ICP备12345678", "abc"])
    def test_an_order_with_a_malformed_number_is_refused(self, number: str) -> None:
        with pytest.raises(ValueError, match="icp:"):
            wanted(icp=number)


PLAIN: tuple[Spec, ...] = (
    (1, "html", {}),
    (2, "body", {}),
    (3, "p", {"class": "a"}),
    (4, "#text", "x"),
    (3, "script", {"src": "/a.js"}),
)
names = st.sampled_from(["div", "p", "a", "script"])
trees: st.SearchStrategy[list[Spec]] = st.lists(st.tuples(st.integers(1, 5), names, st.just({})), max_size=30)


class TestStructure:
    def test_a_page_is_like_itself_and_other_texts_are_no_other_structure(self) -> None:
        other = (*PLAIN[:3], (4, "#text", "今日新闻"), PLAIN[4])
        assert structure.compare(sight(*PLAIN).nodes, sight(*other).nodes, URL) == structure.Difference(0, ())

    def test_what_is_added_counts_by_its_share(self) -> None:
        more: tuple[Spec, ...] = (*PLAIN, (3, "div", {}), (4, "div", {}))
        found = structure.compare(sight(*PLAIN).nodes, sight(*more).nodes, URL)
        assert found.permille == -(-2 * 1000 // 10)

    @pytest.mark.parametrize(
        ("node", "named"),
        [
            ((3, "script", {"src": "https://evil.example/x.js"}), "script https://evil.example"),
            ((3, "iframe", {"src": "//evil.example/"}), "iframe https://evil.example"),
            ((3, "form", {"action": "https://evil.example/in"}), "form https://evil.example"),
            ((3, "script", {}), "script of the page"),
            ((3, "meta", {"http-equiv": "Refresh", "content": "0;url=https://evil.example"}), "refresh 0;url="),
        ],
    )
    def test_what_brings_programs_in_is_named_however_small(self, node: Spec, named: str) -> None:
        found = structure.compare(sight(*PLAIN).nodes, sight(*PLAIN, node).nodes, URL)
        (brought,) = found.brought
        assert brought.startswith(named)

    def test_a_script_from_a_known_place_is_not_new(self) -> None:
        more = (*PLAIN, (3, "script", {"src": "/b.js"}))
        assert structure.compare(sight(*PLAIN).nodes, sight(*more).nodes, URL).brought == ()

    @given(trees, trees)
    def test_the_difference_is_symmetric_and_between_nothing_and_all(self, one: list[Spec], two: list[Spec]) -> None:
        first, second = sight(*one).nodes, sight(*two).nodes
        there, back = (structure.compare(*pair, URL).permille for pair in ((first, second), (second, first)))
        assert there == back
        assert 0 <= there <= 1000
        assert structure.compare(first, first, URL).permille == 0

    @given(trees)
    def test_a_structure_is_read_back_as_it_was_written(self, tree: list[Spec]) -> None:
        nodes = sight(*tree).nodes
        assert read(write(nodes)) == nodes


def png(
    size: tuple[int, int] = (100, 100), box: tuple[int, int, int, int] | None = None, colour: str = "black"
) -> bytes:
    made = Image.new("RGB", size, "white")
    if box:
        ImageDraw.Draw(made).rectangle(box, colour)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


class TestPicture:
    def test_a_picture_is_like_itself(self) -> None:
        assert picture.compare(png(), png()).permille == 0

    def test_the_share_of_changed_pixels_is_rounded_up(self) -> None:
        assert picture.compare(png(), png(box=(0, 0, 9, 9))).permille == 10
        assert picture.compare(png(), png(box=(0, 0, 0, 0))).permille == 1

    def test_what_nobody_sees_is_no_change(self) -> None:
        assert picture.compare(png(), png(box=(0, 0, 99, 99), colour="#f0f0f0")).permille == 0

    def test_a_longer_page_changed_by_what_it_has_more(self) -> None:
        assert picture.compare(png(), png((100, 200))).permille == 500

    def test_what_changed_is_shown_in_red(self) -> None:
        shown = Image.open(io.BytesIO(picture.compare(png(), png(box=(0, 0, 9, 9))).shown)).convert("RGB")
        assert shown.getpixel((5, 5)) == (160, 0, 0)
        assert shown.getpixel((50, 50)) == (255, 255, 255)

    @pytest.mark.parametrize("bad", [b"", b"no picture", png()[:40], png((3000, 3000))])
    def test_bytes_that_are_no_picture_of_ours_are_told(self, bad: bytes) -> None:
        with pytest.raises(picture.NoPicture):
            picture.compare(png(), bad)


def paths(**answered: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().strip("/").replace("/", "_")
        writer.write(answered.get(path, page(b"", "404 Gone")))
        await writer.drain()

    return behave


class TestBrokenLinks:
    def look(self, *hrefs: str, most: int = 20, private: bool = True) -> list[str]:
        behave = paths(
            good=page(),
            login=page(b"", "403 No"),
            broken=page(b"", "500 Broken"),
            moved=page(b"", "302 Found", "Location: /gone\r\n"),
        )

        async def both() -> list[str]:
            async with serving(behave) as port:
                base = f"http://localhost:{port}/"
                seen = sight(*((1, "a", {"href": one}) for one in hrefs), url=base)
                asked = probe("page", base, ca="", link_checks=most)
                found = await broken_links(seen, asked, network(private))
                return [one.subject.removeprefix(base) for one in found]

        return asyncio.run(both())

    def test_links_that_lead_nowhere_are_found_and_others_are_not(self) -> None:
        assert self.look("/good", "/gone", "/broken", "/moved", "/login") == ["gone", "broken", "moved"]

    def test_links_to_others_are_not_followed(self) -> None:
        assert self.look("http://127.0.0.1:9/", "mailto:a@b.example", "javascript:void(0)", "http://[::1") == []

    def test_each_link_is_followed_once_and_no_more_than_asked_for(self) -> None:
        assert self.look("/gone#a", "/gone#b", "/gone", "/broken", most=1) == ["gone"]

    def test_a_link_to_a_forbidden_address_is_not_reached(self) -> None:
        assert self.look("/good", private=False) == ["good"]


def rdap(body: object, status: str = "200 OK") -> Behaviour:
    return paths(**{"domain_example.gov.cn": page(msgspec.json.encode(body), status)})


def whois(text: str) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readline()).decode().strip()
        writer.write((text if asked == "example.gov.cn" else "No match").encode())
        await writer.drain()

    return behave


def asked_of(behave: Behaviour, scheme: str, days: int = 30) -> tuple[Seen, ...]:
    async def both() -> tuple[Seen, ...]:
        async with serving(behave) as port:
            registry = f"http://localhost:{port}/" if scheme == "rdap" else f"localhost:{port}"
            way = network()
            here = Network(lambda: NOW, way.monotonic, way.private_allowed)
            return await domain(wanted(domain_days=days, registry=registry), here)

    return asyncio.run(both())


EVENTS = {
    "events": [
        {"eventAction": "registration", "eventDate": "2010-01-01T00:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2026-12-13T00:00:00Z"},
    ]
}


class TestDomain:
    def test_rdap_says_when_it_ends(self) -> None:
        (found,) = asked_of(rdap(EVENTS), "rdap")
        assert (found.subject, found.about) == (
            "example.gov.cn",
            "the registration of example.gov.cn ends on 2026-12-13",
        )
        assert asked_of(rdap(EVENTS), "rdap", days=10) == ()

    @pytest.mark.parametrize(
        "line",
        [
            "Registry Expiry Date: 2026-12-13T00:00:00Z",
            "Expiration Time: 2026-12-13 00:00:00",
            "expires: 2026-12-13",
            "Expiry date:  13-Dec-2026",
            "paid-till:     2026.12.13",
        ],
    )
    def test_whois_says_it_in_many_ways(self, line: str) -> None:
        (found,) = asked_of(whois(f"Domain Name: example.gov.cn\r\n{line}\r\nRegistrar: somebody\r\n"), "whois")
        assert "2026-12-13" in found.about

    @pytest.mark.parametrize(
        ("behave", "scheme"),
        [
            (rdap({"events": []}), "rdap"),
            (rdap(["no object"]), "rdap"),
            (rdap({}, "404 Gone"), "rdap"),
            (whois("No match"), "whois"),
            (whois("expires: soon"), "whois"),
        ],
    )
    def test_a_registry_that_does_not_say_is_no_finding_and_is_told(self, behave: Behaviour, scheme: str) -> None:
        with pytest.raises(NotMade, match="registry"):
            asked_of(behave, scheme)

    def test_a_registry_that_is_not_there_is_told(self) -> None:
        with pytest.raises(NotMade, match="registry"):
            asyncio.run(end_of("a.cn", wanted(domain_days=1, registry="127.0.0.1:1"), network()))

    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("www.example.gov.cn", "example.gov.cn"),
            ("oa.bj.gov.cn", "bj.gov.cn"),
            ("a.b.example.com", "example.com"),
            ("www.example.cn", "example.cn"),
            ("example.cn", "example.cn"),
        ],
    )
    def test_what_was_registered_is_told_from_the_host(self, host: str, name: str) -> None:
        assert registrable(host) == name

    def test_an_order_that_asks_needs_somebody_to_ask(self) -> None:
        with pytest.raises(ValueError, match="registry:"):
            wanted(domain_days=30)
