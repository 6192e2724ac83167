"""yunyue fact: types, add, list, show, document."""

import hashlib
import json
from pathlib import Path

import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal, alter

from yunyue.journal.facts import BY_TYPE, KINDS

PAID = ("instalment=1", "amount=958397.20", f"document={DOCUMENT}")


def test_every_kind_of_fact_is_listed(empty: Terminal) -> None:
    assert [one["type"] for one in empty.json("fact", "types")] == [kind.type for kind in KINDS]


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_every_kind_tells_how_each_field_is_typed(empty: Terminal, kind: str) -> None:
    found = empty.json("fact", "types", kind)
    assert [one["name"] for one in found["fields"]] == list(BY_TYPE[kind].__struct_fields__)
    assert all(one["zh"] and one["en"] for one in found["fields"])


def test_a_kind_names_its_clauses(empty: Terminal) -> None:
    assert "C33" in empty.ok("fact", "types", "contract.signed")


def test_an_unknown_kind_is_refused(empty: Terminal) -> None:
    assert empty.refused("fact", "types", "contract.dreamt")["field"] == "type"


def test_a_fact_is_recorded_with_its_day(terminal: Terminal) -> None:
    found = terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")
    assert found == {"id": "funds-1", "sequence": 3, "new": True, "past_duties": False}
    shown = terminal.json("fact", "list", CONTRACT, "--type", "funds.arrived")
    assert [(one["id"], one["time"]) for one in shown] == [("funds-1", "2024-05-10T12:00:00+08:00")]


def test_the_same_fact_again_changes_nothing(terminal: Terminal) -> None:
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")
    size = terminal.size
    assert terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")["new"] is False
    assert terminal.size == size


def test_another_fact_under_the_same_id_is_refused(terminal: Terminal) -> None:
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1", identifier="funds-1")
    words = ("fact", "add", CONTRACT, "funds.arrived", "instalment=2", "--at", "2024-05-10", "--id", "funds-1")
    assert "funds-1" in terminal.refused(*words)["reason"]


def test_a_dry_run_records_nothing_and_stores_no_document(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "invoice").write_bytes(b"an invoice")
    objects = sorted((terminal.home / "objects").rglob("*"))
    size = terminal.size
    words = ("instalment=1", "amount=1.00", f"document=@{tmp_path / 'invoice'}", "--at", "2024-05-13", "--dry-run")
    found = terminal.json("fact", "add", CONTRACT, "invoice.received", *words)
    digest = hashlib.sha256(b"an invoice").hexdigest()
    assert found["would_record"]["data"]["document"] == f"sha256:{digest}"
    assert terminal.size == size
    assert sorted((terminal.home / "objects").rglob("*")) == objects


def test_a_document_named_by_its_file_is_stored_with_the_fact(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "invoice").write_bytes(b"an invoice")
    terminal.fact("invoice.received", "2024-05-13", "instalment=1", "amount=1.00", f"document=@{tmp_path / 'invoice'}")
    name = hashlib.sha256(b"an invoice").hexdigest()
    assert (terminal.home / "objects" / name[:2] / name).read_bytes() == b"an invoice"


def test_a_refused_fact_leaves_no_document_behind(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "invoice").write_bytes(b"an invoice")
    objects = sorted((terminal.home / "objects").rglob("*"))
    words = ("instalment=9", "amount=1.00", f"document=@{tmp_path / 'invoice'}", "--at", "2024-05-13")
    terminal.refused("fact", "add", CONTRACT, "invoice.received", *words)
    assert sorted((terminal.home / "objects").rglob("*")) == objects


@pytest.mark.parametrize(
    ("kind", "fields", "field", "clause"),
    [
        ("payment.made", ("instalment=1", "amount=-1.00", f"document={DOCUMENT}"), "payment.made.amount", "C03"),
        ("payment.made", ("instalment=1", "amount=0", f"document={DOCUMENT}"), "payment.made.amount", "C03"),
        ("payment.made", ("instalment=1", "amount=958397.21", f"document={DOCUMENT}"), "payment.made.amount", "C02"),
        ("payment.made", ("instalment=1", "amount=1.001", f"document={DOCUMENT}"), "payment.made.amount", "C03"),
        ("payment.made", ("instalment=1", f"amount={10**18}", f"document={DOCUMENT}"), "payment.made.amount", "C03"),
        ("payment.made", ("instalment=9", "amount=1.00", f"document={DOCUMENT}"), "payment.made.instalment", "C06"),
        ("payment.made", (*PAID[:2], "document=md5:1"), "payment.made.document", "C03"),
        ("payment.made", ("instalment=eins", *PAID[1:]), "payment.made.instalment", "C03"),
        ("funds.arrived", ("instalment=1", "colour=red"), "funds.arrived", "C07"),
        ("funds.arrived", (), "funds.arrived", "C07"),
        ("contract.dreamt", (), "type", ""),
        ("contract.signed", ("party=client", "signed=2024-04-12", "sealed=2024-04-12"), "contract.signed.party", "C33"),
        ("contract.signed", ("party=nobody", "signed=2024-04-12", "sealed=2024-04-12"), "contract.signed.party", "C33"),
        ("contract.signed", ("party=client", "signed=12.4.2024", "sealed=2024-04-12"), "contract.signed.signed", "C33"),
        ("service.suspended", ("order=o1", "ground=nonpayment"), "service.suspended.ground", "C10"),
        ("service.delivered", ("order=o1",), "service.delivered.order", "C11"),
        ("breach.cured", ("breach=b1",), "breach.cured.breach", "C15"),
        ("majeure.ended", ("event=e1",), "majeure.ended.event", "C29"),
        ("fact.corrected", ("corrects=f1", "replacement=", "reason=r"), "fact.corrected.corrects", ""),
        ("exclusion.approved", ("exclusion=x",), "exclusion.approved.exclusion", "C18"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_clause_and_changes_nothing(
    terminal: Terminal, kind: str, fields: tuple[str, ...], field: str, clause: str
) -> None:
    found = terminal.refused("fact", "add", CONTRACT, kind, *fields, "--at", "2024-05-20")
    assert (found["field"], found["clause"]) == (field, clause)
    assert found["reason"]


def test_an_order_outside_the_term_is_refused(terminal: Terminal) -> None:
    fields = ("order=o1", "service=monitor", "item=monitor-site", "quantity=1", "tenant=t1", "deliver_by=2025-06-01")
    found = terminal.refused("fact", "add", CONTRACT, "order.placed", *fields, "--at", "2024-05-20")
    assert (found["field"], found["clause"]) == ("order.placed.deliver_by", "C01")


def test_nothing_is_recorded_before_it_happened(terminal: Terminal) -> None:
    found = terminal.refused("fact", "add", CONTRACT, "funds.arrived", "instalment=1", "--at", "2199-01-01")
    assert found["field"] == "time"


def test_a_fact_of_a_contract_nobody_loaded_is_refused(terminal: Terminal) -> None:
    assert terminal.refused("fact", "add", "x", "funds.arrived", "instalment=1")["field"] == "contract"


def test_facts_are_listed_by_kind_and_day(paid_late: Terminal) -> None:
    words = ("--since", "2024-05-10", "--until", "2024-05-31")
    assert [one["id"] for one in paid_late.json("fact", "list", CONTRACT, *words)] == ["funds-1", "invoice-1"]
    assert [one["id"] for one in paid_late.json("fact", "list", CONTRACT, "--type", "payment.made")] == ["payment-1"]


def test_listing_a_kind_nobody_knows_is_refused(terminal: Terminal) -> None:
    assert terminal.refused("fact", "list", CONTRACT, "--type", "x")["field"] == "type"
    assert terminal.refused("fact", "list", "nothing")["field"] == "contract"


def test_a_fact_is_shown_byte_for_byte_with_a_proof_that_holds(terminal: Terminal) -> None:
    found = terminal.json("fact", "show", "signed-client")
    leaf = found["canonical"].encode()
    assert json.loads(leaf)["data"]["party"] == "client"
    assert found["proof"]["leaf_hash"] == hashlib.sha256(b"\x00" + leaf).hexdigest()
    assert found["proof"]["holds"] is True


def test_the_proof_leads_from_the_leaf_to_the_root_by_hand(terminal: Terminal) -> None:
    proof = terminal.json("fact", "show", "signed-client")["proof"]
    assert (proof["index"], proof["size"]) == (1, 3)
    first, last = (bytes.fromhex(one) for one in proof["path"])
    both = hashlib.sha256(b"\x01" + first + bytes.fromhex(proof["leaf_hash"])).digest()
    assert hashlib.sha256(b"\x01" + both + last).hexdigest() == proof["root"]


def test_a_fact_whose_proof_does_not_hold_is_shown_and_leaves_with_1(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    alter(terminal, "2024-04-11", "2024-04-12")
    result = terminal.run("fact", "show", "signed-client", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["id"], found["proof"]["holds"]) == ("signed-client", False)
    assert "does not hold" in terminal.run("fact", "show", "signed-client").stdout


def test_nothing_is_published_from_an_altered_journal_to_prove_a_fact(terminal: Terminal) -> None:
    alter(terminal, "2024-04-11", "2024-04-12")
    assert "do not give the root" in terminal.refused("fact", "show", "signed-client")["reason"]
    assert not (terminal.home / "tiles" / "checkpoint").exists()


def test_a_fact_that_is_not_there_is_refused(terminal: Terminal) -> None:
    assert terminal.refused("fact", "show", "nothing")["field"] == "id"


def test_a_document_is_stored_under_its_digest(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "paper").write_bytes(b"paper")
    digest = terminal.json("fact", "document", str(tmp_path / "paper"))["digest"]
    assert digest == f"sha256:{hashlib.sha256(b'paper').hexdigest()}"


def test_a_document_that_cannot_be_read_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    assert "cannot be read" in terminal.refused("fact", "document", str(tmp_path / "none"))["reason"]
    assert "cannot be read" in terminal.refused("fact", "document", str(tmp_path))["reason"]
