"""The DNS probe against servers that answer, lie, forge and say nothing."""

import asyncio

import dns.message
import dns.rcode
import dns.rrset
import pytest
from monitor_servers import Reply, listening, network, outcome, probe

from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.probe import run

SHORT = 200


def holding(*texts: str, kind: str = "A", rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> Reply:
    """A DNS server that knows these records."""

    def reply(octets: bytes) -> list[bytes]:
        query = dns.message.from_wire(octets)
        answer = dns.message.make_response(query)
        answer.set_rcode(rcode)
        if texts:
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", kind, *texts))
        return [answer.to_wire()]

    return reply


def resolved(reply: Reply, reference: Reply | None = None, **more: object) -> Outcome:
    async def both() -> Outcome:
        async with listening(reply) as port, listening(reference or reply) as other:
            servers: dict[str, object] = {"resolver": f"127.0.0.1:{port}"}
            if reference:
                servers["reference"] = f"127.0.0.1:{other}"
            return await run(probe("dns", "www.example.gov.cn", **servers, **more), network())

    return asyncio.run(both())


class TestDns:
    def test_an_answer_is_a_success(self) -> None:
        assert resolved(holding("192.0.2.7")).ok

    def test_the_records_expected_are_all_there_and_no_others(self) -> None:
        both = holding("192.0.2.7", "192.0.2.8")
        assert resolved(both, answers="192.0.2.8\n192.0.2.7").ok
        assert resolved(both, answers="192.0.2.7").error == "answer"
        assert resolved(both, answers="192.0.2.7\n192.0.2.8\n192.0.2.9").error == "answer"

    @pytest.mark.parametrize(
        ("kind", "text", "expected"),
        [
            ("AAAA", "2001:db8::7", "2001:db8::7"),
            ("CNAME", "Web.Example.Gov.CN.", "web.example.gov.cn"),
            ("MX", "10 mail.example.gov.cn.", "10 mail.example.gov.cn"),
            ("TXT", '"v=spf1 -all"', "v=spf1 -all"),
        ],
    )
    def test_every_kind_of_record_is_read(self, kind: str, text: str, expected: str) -> None:
        assert resolved(holding(text, kind=kind), record=kind, answers=expected).ok

    @pytest.mark.parametrize(
        ("rcode", "error"),
        [
            (dns.rcode.NXDOMAIN, "no_such_name"),
            (dns.rcode.SERVFAIL, "server_failure"),
            (dns.rcode.REFUSED, "server_failure"),
            (dns.rcode.NOERROR, "no_record"),
        ],
    )
    def test_ways_to_know_nothing_are_told_apart(self, rcode: dns.rcode.Rcode, error: str) -> None:
        assert resolved(holding(rcode=rcode)).error == error

    def test_no_record_in_common_with_the_reference_is_a_hijack(self) -> None:
        assert resolved(holding("203.0.113.66"), holding("192.0.2.7")).error == "hijacked"
        assert resolved(holding("203.0.113.66"), holding(rcode=dns.rcode.NXDOMAIN)).error == "hijacked"

    def test_one_record_in_common_is_none(self) -> None:
        assert resolved(holding("192.0.2.7", "192.0.2.8"), holding("192.0.2.8", "192.0.2.9")).ok

    def test_a_reference_that_is_down_says_nothing_against_the_target(self) -> None:
        with pytest.raises(NotMade, match="server_failure"):
            resolved(holding("192.0.2.7"), holding(rcode=dns.rcode.SERVFAIL))

    def test_an_answer_to_another_question_is_not_taken(self) -> None:
        """A forger who does not see the question: wrong number, wrong name."""

        def forged(octets: bytes) -> list[bytes]:
            other = dns.message.make_query("evil.example", "A")
            answer = dns.message.make_response(other)
            answer.answer.append(dns.rrset.from_text("evil.example.", 60, "IN", "A", "203.0.113.66"))
            return [answer.to_wire()]

        assert resolved(forged, timeout_ms=SHORT).error in ("read_timeout", "protocol")

    def test_records_of_another_name_say_nothing(self) -> None:
        def beside(octets: bytes) -> list[bytes]:
            answer = dns.message.make_response(dns.message.from_wire(octets))
            answer.answer.append(dns.rrset.from_text("evil.example.", 60, "IN", "A", "192.0.2.7"))
            return [answer.to_wire()]

        assert resolved(beside, answers="192.0.2.7").error == "no_record"

    def test_aliases_are_followed_within_the_answer(self) -> None:
        def aliased(octets: bytes) -> list[bytes]:
            query = dns.message.from_wire(octets)
            answer = dns.message.make_response(query)
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "CNAME", "cdn.example."))
            answer.answer.append(dns.rrset.from_text("cdn.example.", 60, "IN", "A", "192.0.2.7"))
            return [answer.to_wire()]

        assert resolved(aliased, answers="192.0.2.7").ok

    def test_silence_is_a_read_timeout(self) -> None:
        assert resolved(lambda _: [], timeout_ms=SHORT).error == "read_timeout"

    def test_noise_is_a_protocol_error_or_a_timeout(self) -> None:
        assert resolved(lambda _: [b"\x00" * 11], timeout_ms=SHORT).error in ("protocol", "read_timeout")

    def test_a_private_server_is_denied(self) -> None:
        found = outcome(probe("dns", "example.gov.cn", resolver="127.0.0.1:53"), private=False)
        assert found.error == "denied"
