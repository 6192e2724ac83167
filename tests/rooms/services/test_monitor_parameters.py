"""What an order of monitoring may state, and which addresses no probe may reach."""

import msgspec
import pytest

from yunyue.answer import Refused
from yunyue.catalog import understand_parameters
from yunyue.doors.phrases import chinese
from yunyue.journal.envelope import canonical
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.target import Target, forbidden, parse_target


def test_a_url_is_taken_apart() -> None:
    assert parse_target("https", "https://example.gov.cn/a?b") == Target(
        "https", "example.gov.cn", 443, "https://example.gov.cn/a?b", "/a?b"
    )
    assert parse_target("http", "http://[2001:db8::1]:8080/").host == "2001:db8::1"


def test_a_host_and_port_are_taken_apart() -> None:
    found = parse_target("tcp", "example.gov.cn:22")
    assert (found.host, found.port) == ("example.gov.cn", 22)


@pytest.mark.parametrize(
    ("kind", "target", "rule"),
    [
        ("http", "https://a.cn/", "begins with http://"),
        ("https", "a.cn", "begins with https://"),
        ("http", "http:///path", "host is missing"),
        ("http", "http://user:secret@a.cn/", "no user name or password"),
        ("http", "http://a.cn:0/", "port"),
        ("http", "http://a.cn:70000/", "ort"),
        ("http", "http://a.cn:/", "after the colon"),
        ("http", "http://a_*.cn/", "not a host name"),
        ("http", "http://政务.cn/", "punycode"),
        ("http", "http://a.cn/\r\nX: y", "visible ASCII"),
        ("tcp", "a.cn", "a port from 1 to 65535"),
        ("tcp", "a.cn:22/x", "nothing else"),
        ("tcp", "[::1:22", "Invalid IPv6"),
        ("icmp", "a.cn:7", "has no port"),
        ("dns", "a.cn/x", "write a name and nothing else"),
        ("websocket", "http://a.cn/", "begins with ws:// or wss://"),
        ("udp", "a.cn:53", "send: a UDP probe needs something to send"),
    ],
)
def test_a_malformed_target_is_refused_with_its_rule(kind: str, target: str, rule: str) -> None:
    refused = understand_parameters(Probe, {"kind": kind, "target": target})
    assert isinstance(refused, Refused)
    assert rule in refused.reason


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"interval_s": 0}, ">= 1"),
        ({"interval_s": 1, "timeout_ms": 1_001}, "timeout_ms: a probe may not last longer than the interval of 1 s"),
        ({"status_min": 300}, "status_max: 299 is below status_min, 300"),
        ({"ca": "-----BEGIN NONSENSE-----"}, "ca: no certificates in PEM"),
        ({"kind": "gopher"}, "Invalid enum value 'gopher'"),
        ({"statuses": "200,700"}, "statuses: '700' is not a status"),
        ({"statuses": "300-200"}, "statuses: the range 300-200 ends before it begins"),
        ({"body_matches": "(a"}, "body_matches: Invalid regular expression: missing )"),
        ({"json_path": "status"}, "json_path: a JSON path begins with $"),
        ({"json_path": "$..a"}, "json_path: at '..a'"),
        ({"json_value": "1"}, "json_value: needs json_path"),
        ({"json_path": "$.a", "json_value": "{"}, "json_value: "),
        ({"headers": "Host: elsewhere"}, "headers: Host is the probe's own to set"),
        ({"headers": "X-A b"}, "headers: 'X-A b' is not Name: value"),
        ({"forbidden_words": "x", "max_body": 2_000_000}, "max_body: of a page whose content"),
        ({"send": "hex:0"}, "send: after hex: come pairs"),
        ({"min_body": 10, "max_body": 9}, "min_body: 10 is above max_body, 9"),
        ({"resolver": "1.1.1.1"}, "resolver: means nothing for a probe of kind http; it is for dns"),
        ({"steps": [{"path": "/{{token}}"}]}, "steps[0]: no earlier step keeps token"),
        ({"steps": [{"path": "/"}] * 21}, "steps: 20 at most"),
        ({"steps": [{"path": "//evil"}]}, "path: begins with one /"),
        ({"steps": [{"path": "/", "keep": "A = $.a"}]}, "keep: 'A = $.a' is not name"),
        ({"steps": [{"path": "/"}], "method": "POST"}, "method: of a scenario, each step has its own"),
        ({"steps": [{"path": "/"}], "target": "http://a.cn/x"}, "target: of a scenario, the URL has no path"),
        ({"verbose": True}, "verbose"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(more: dict[str, object], rule: str) -> None:
    refused = understand_parameters(Probe, {"kind": "http", "target": "http://a.cn/", **more})
    assert isinstance(refused, Refused)
    assert refused.field.startswith("parameters")
    assert rule in refused.reason


def test_an_orders_document_has_a_canonical_form_that_reads_back() -> None:
    probe = Probe(kind="http", target="http://a.cn/", body_contains="政务")
    written = canonical(msgspec.to_builtins(probe))
    assert msgspec.json.decode(written, type=Probe) == probe


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
    ],
)
def test_an_address_that_is_not_public_is_forbidden_unless_private_ones_are_allowed(address: str) -> None:
    assert forbidden(address, private_allowed=False).endswith("is not a public address")
    assert forbidden(address, private_allowed=True) == ""


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%eth0", "224.0.0.1", "0.0.0.0", "::"],
)
def test_link_local_multicast_and_no_address_are_always_forbidden(address: str) -> None:
    assert forbidden(address, private_allowed=True)
    assert forbidden(address, private_allowed=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_may_be_probed(address: str) -> None:
    assert forbidden(address, private_allowed=False) == ""


@pytest.mark.parametrize("kind", ["page", "openmetrics", "postgres"])
def test_a_kind_that_only_the_platform_makes_is_refused_from_points_in_both_languages(kind: str) -> None:
    target = "db.example.gov.cn" if kind == "postgres" else "http://www.example.gov.cn/"
    refused = understand_parameters(
        Probe, {"kind": kind, "target": target, "points": "haidian", "interval_s": 300}, strict=False
    )
    assert isinstance(refused, Refused)
    assert f"points: a probe of kind {kind} is made by the platform alone" in refused.reason
    assert f"points：{kind} 拨测只由平台进行" in chinese(refused.reason)
