"""Encrypting and decrypting over transit: what goes in comes out, changed or misplaced ciphertexts do not open."""

from base64 import b64decode
from typing import Any

import pytest
from crypto_cast import Desk, b64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SYMMETRIC = ("aes256-gcm96", "aes128-gcm96", "chacha20-poly1305", "sm4-gcm96")
ENCRYPTING = (*SYMMETRIC, "rsa-2048", "sm2")
held = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("kind", ENCRYPTING)
def test_what_is_encrypted_is_decrypted(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    done = desk.post("transit/encrypt/k", plaintext=b64("公民"))
    assert done.data["key_version"] == 1
    assert done.data["ciphertext"].startswith("vault:v1:")
    assert desk.decrypt("k", done.data["ciphertext"]).data == {"plaintext": b64("公民")}


@pytest.mark.parametrize("kind", SYMMETRIC)
@held
@given(text=st.binary(max_size=500), bound=st.binary(max_size=50))
def test_every_text_and_bound_text_comes_back(desk: Desk, kind: str, text: bytes, bound: bytes) -> None:
    desk.key(f"h-{kind}", kind)
    done = desk.post(f"transit/encrypt/h-{kind}", plaintext=b64(text), associated_data=b64(bound))
    shown = desk.decrypt(f"h-{kind}", done.data["ciphertext"], associated_data=b64(bound))
    assert b64decode(shown.data["plaintext"]) == text


@pytest.mark.parametrize("kind", ENCRYPTING)
def test_a_change_of_any_byte_is_refused(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    body = b64decode(desk.encrypt("k").removeprefix("vault:v1:"))
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert desk.decrypt("k", f"vault:v1:{b64(changed)}").error == "cipher: message authentication failed"


def test_the_same_text_twice_gives_two_ciphertexts(desk: Desk) -> None:
    desk.key("k")
    assert desk.encrypt("k") != desk.encrypt("k")


def test_another_key_or_another_bound_text_does_not_open(desk: Desk) -> None:
    desk.key("a")
    desk.key("b")
    ciphertext = desk.encrypt("a", associated_data=b64("row 1"))
    assert desk.decrypt("b", ciphertext, associated_data=b64("row 1")).status == 400
    assert desk.decrypt("a", ciphertext, associated_data=b64("row 2")).status == 400
    assert desk.decrypt("a", ciphertext).status == 400
    assert desk.decrypt("a", ciphertext, associated_data=b64("row 1")).status == 200


@pytest.mark.parametrize(
    ("ciphertext", "reason"),
    [
        ("nope", "invalid ciphertext: no prefix"),
        ("vault:v1", "invalid ciphertext: wrong number of fields"),
        ("vault:vx:AAAA", "invalid ciphertext: version number could not be decoded"),
        ("vault:v:AAAA", "invalid ciphertext: version number could not be decoded"),
        ("vault:v٣:AAAA", "invalid ciphertext: version number could not be decoded"),
        ("vault:v9:AAAA", "invalid ciphertext: version is too new"),
        ("vault:v1:AAAA", "invalid ciphertext length"),
        ("vault:v1:%%%%", "invalid ciphertext: could not decode base64: illegal base64 data at input byte 0"),
        ("vault:v99999999999999999999:AAAA", "invalid ciphertext: version number could not be decoded"),
        ("", "invalid ciphertext: no prefix"),
    ],
)
def test_what_is_no_ciphertext_is_refused_by_its_fault(desk: Desk, ciphertext: str, reason: str) -> None:
    desk.key("k")
    assert desk.decrypt("k", ciphertext).error == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "missing plaintext to encrypt"),
        ({"plaintext": "%%%"}, "illegal base64 data at input byte 0"),
        ({"plaintext": "AAA"}, "illegal base64 data"),
        ({"plaintext": "AA AA"}, "illegal base64 data at input byte 2"),
        ({"plaintext": "ＡＡＡＡ"}, "illegal base64 data at input byte 0"),
        ({"plaintext": "AAAA", "key_version": 5}, "higher than the latest key version"),
        ({"plaintext": "AAAA", "key_version": -1}, "higher than the latest key version"),
        ({"plaintext": "AAAA", "key_version": "one"}, "error converting input"),
        ({"plaintext": "AAAA", "associated_data": "%"}, "illegal base64 data"),
        ({"batch_input": []}, "missing batch input to process"),
        ({"batch_input": [{"plaintext": "AAAA"}] * 10_001}, "at most 10000 items"),
        ({"batch_input": "AAAA"}, "error converting input"),
        (b"{bad", "failed to decode JSON input"),
        (b"[]", "error converting input"),
        (b"\xff\xfe", "failed to decode JSON input"),
        (b'{"plaintext":' + b"[" * 100_000, "error converting input"),
        (b'{"other":' + b"[" * 100_000, "failed to decode JSON input"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_its_fault(desk: Desk, body: Any, reason: str) -> None:
    desk.key("k")
    shown = desk("POST", "transit/encrypt/k", body)
    assert (shown.status, reason in shown.error) == (400, True)


def test_an_empty_body_is_an_empty_request(desk: Desk) -> None:
    desk.key("k")
    assert desk("POST", "transit/encrypt/k", b"").error == "missing plaintext to encrypt"


def test_numbers_and_booleans_may_be_written_as_text(desk: Desk) -> None:
    """The bao command sends everything as text."""
    desk.post("transit/keys/k", type="aes256-gcm96", exportable="true")
    assert desk("GET", "transit/keys/k").data["exportable"] is True
    assert desk.post("transit/encrypt/k", plaintext=b64("x"), key_version="1").status == 200


def test_keys_that_only_sign_or_code_do_not_encrypt(desk: Desk) -> None:
    desk.key("s", "ed25519")
    desk.key("m", "hmac-sm3")
    assert "not supported for key type ed25519" in desk.post("transit/encrypt/s", plaintext=b64("x")).error
    assert "not supported for key type hmac-sm3" in desk.post("transit/encrypt/m", plaintext=b64("x")).error
    assert "not supported for key type ed25519" in desk.decrypt("s", "vault:v1:AAAA").error


def test_a_key_that_is_not_there_is_made_unless_that_is_switched_off(desk: Desk) -> None:
    ciphertext = desk.encrypt("new")
    assert desk.decrypt("new", ciphertext).status == 200
    assert desk("GET", "transit/keys/new").data["type"] == "aes256-gcm96"
    desk.post("transit/config/keys", disable_upsert=True)
    assert desk("GET", "transit/config/keys").data == {"disable_upsert": True}
    assert desk.post("transit/encrypt/newer", plaintext=b64("x")).error == "encryption key not found"
    assert desk.post("transit/encrypt/sm4", plaintext=b64("x"), type="ed25519").status == 400
    assert desk.decrypt("newer", ciphertext).error == "encryption key not found"
    desk.post("transit/config/keys", disable_upsert=False)
    assert desk.post("transit/encrypt/chinese", plaintext=b64("x"), type="sm4-gcm96").status == 200
    assert desk.post("transit/encrypt/wrong", plaintext=b64("x"), type="ed25519").error == "unknown key type ed25519"


def test_a_key_is_not_made_without_what_was_asked_of_it(desk: Desk) -> None:
    asked = {"plaintext": b64("x"), "convergent_encryption": True}
    assert "context is required" in desk("POST", "transit/encrypt/new", asked).error
    assert desk("GET", "transit/keys/new").status == 404
    assert desk("POST", "transit/encrypt/new", {**asked, "context": b64("c")}).status == 200
    assert desk("GET", "transit/keys/new").data["convergent_encryption"] is True


class TestBatches:
    def test_every_item_has_its_own_answer_and_reference(self, desk: Desk) -> None:
        desk.key("k")
        items = [{"plaintext": b64("a"), "reference": "r1"}, {"plaintext": "%%", "reference": "r2"}]
        shown = desk.post("transit/encrypt/k", batch_input=items)
        good, bad = shown.json["data"]["batch_results"]
        assert shown.status == 400
        assert (good["reference"], good["key_version"], bad["reference"]) == ("r1", 1, "r2")
        assert bad["error"] == "illegal base64 data at input byte 0"
        opened = desk.post(
            "transit/decrypt/k", batch_input=[{"ciphertext": good["ciphertext"]}, {"ciphertext": "x", "reference": "z"}]
        ).json["data"]["batch_results"]
        assert opened[0] == {"plaintext": b64("a"), "reference": ""}
        assert opened[1] == {"plaintext": "", "error": "invalid ciphertext: no prefix", "reference": "z"}

    def test_the_status_of_a_partly_failed_batch_can_be_chosen(self, desk: Desk) -> None:
        desk.key("k")
        some = [{"plaintext": b64("a")}, {"plaintext": "%%"}]
        none = [{"plaintext": "%%"}]
        chosen = {"partial_failure_response_code": 202}
        assert desk.post("transit/encrypt/k", batch_input=some, **chosen).status == 202
        assert desk.post("transit/encrypt/k", batch_input=none, **chosen).status == 400
        assert desk.post("transit/encrypt/k", batch_input=some[:1], **chosen).status == 200

    def test_a_missing_field_refuses_the_whole_batch(self, desk: Desk) -> None:
        desk.key("k")
        shown = desk.post("transit/encrypt/k", batch_input=[{"plaintext": b64("a")}, {}])
        assert shown.status == 500
        assert "'[1].plaintext' missing plaintext to encrypt" in shown.error

    def test_ten_thousand_items_pass(self, desk: Desk) -> None:
        desk.key("k", "sm4-gcm96")
        done = desk.post("transit/encrypt/k", batch_input=[{"plaintext": b64(str(n))} for n in range(10_000)])
        sealed = [{"ciphertext": one["ciphertext"]} for one in done.data["batch_results"]]
        opened = desk.post("transit/decrypt/k", batch_input=sealed).data["batch_results"]
        assert [one["plaintext"] for one in opened] == [b64(str(n)) for n in range(10_000)]


class TestRewrap:
    def test_a_text_moves_to_the_latest_version(self, desk: Desk) -> None:
        desk.key("k")
        old = desk.encrypt("k", "text")
        desk.post("transit/keys/k/rotate")
        new = desk.post("transit/rewrap/k", ciphertext=old).data
        assert (new["key_version"], new["ciphertext"][:9]) == (2, "vault:v2:")
        assert desk.decrypt("k", new["ciphertext"]).data["plaintext"] == b64("text")
        batch = desk.post("transit/rewrap/k", batch_input=[{"ciphertext": old}, {"ciphertext": "x"}]).data
        assert [one.get("key_version") for one in batch["batch_results"]] == [2, None]
        assert desk.post("transit/rewrap/k", ciphertext=old, key_version=1).data["key_version"] == 1

    def test_what_does_not_open_is_not_rewrapped(self, desk: Desk) -> None:
        desk.key("k")
        assert desk.post("transit/rewrap/k", ciphertext="vault:v1:AAAA").status == 400
        assert desk.post("transit/rewrap/k").error == "missing ciphertext to decrypt"
        assert desk.post("transit/rewrap/none", ciphertext="vault:v1:AAAA").error == "encryption key not found"


class TestDerived:
    def test_each_context_has_its_own_key(self, desk: Desk) -> None:
        desk.key("d", "sm4-gcm96", derived=True)
        ciphertext = desk.encrypt("d", context=b64("甲"))
        assert desk.decrypt("d", ciphertext, context=b64("甲")).status == 200
        assert desk.decrypt("d", ciphertext, context=b64("乙")).status == 400
        assert "missing 'context'" in desk.decrypt("d", ciphertext).error
        assert "missing 'context'" in desk.post("transit/encrypt/d", plaintext=b64("x")).error
        assert desk.post("transit/encrypt/d", plaintext=b64("x"), context="%").status == 400

    def test_no_nonce_is_used_for_two_texts_however_text_and_bound_text_are_cut(self, desk: Desk) -> None:
        desk.key("c", derived=True, convergent_encryption=True)
        joined, nonces = b"a\0b\0c", set()
        cuts = [(joined[:place], joined[place:]) for place in range(len(joined) + 1)]
        cuts += [(joined[:place], joined[place + 1 :]) for place in (1, 3)]
        for bound, text in cuts:
            asked = {"plaintext": b64(text), "associated_data": b64(bound), "context": b64("x")}
            sealed = desk("POST", "transit/encrypt/c", asked).data["ciphertext"]
            nonces.add(b64decode(sealed.removeprefix("vault:v1:"))[:12])
        assert len(nonces) == len(cuts)

    def test_convergent_ciphertexts_are_equal_for_equal_texts_only(self, desk: Desk) -> None:
        desk.key("c", derived=True, convergent_encryption=True)
        one = desk.encrypt("c", "same", context=b64("c"))
        assert one == desk.encrypt("c", "same", context=b64("c"))
        assert one != desk.encrypt("c", "other", context=b64("c"))
        assert one != desk.encrypt("c", "same", context=b64("d"))
        assert one != desk.encrypt("c", "same", context=b64("c"), associated_data=b64("bound"))
        assert desk.decrypt("c", one, context=b64("c")).data["plaintext"] == b64("same")
        assert desk("GET", "transit/keys/c").data["kdf"] == "hkdf_sha256"

    @pytest.mark.parametrize(
        ("kind", "more"),
        [
            ("rsa-2048", {"derived": True}),
            ("ed25519", {"derived": True}),
            ("aes256-gcm96", {"convergent_encryption": True}),
        ],
    )
    def test_what_cannot_be_derived_is_refused(self, desk: Desk, kind: str, more: dict[str, bool]) -> None:
        assert desk.key("d", kind, **more).status == 400


class TestDataKeys:
    @pytest.mark.parametrize("bits", [128, 256, 512])
    def test_a_data_key_comes_open_and_sealed(self, desk: Desk, bits: int) -> None:
        desk.key("k", "sm4-gcm96")
        made = desk.post("transit/datakey/plaintext/k", bits=bits).data
        assert len(b64decode(made["plaintext"])) == bits // 8
        assert desk.decrypt("k", made["ciphertext"]).data["plaintext"] == made["plaintext"]

    def test_a_wrapped_data_key_is_not_shown(self, desk: Desk) -> None:
        desk.key("k")
        assert set(desk.post("transit/datakey/wrapped/k").data) == {"ciphertext", "key_version"}

    def test_faults_are_named(self, desk: Desk) -> None:
        desk.key("k")
        assert desk.post("transit/datakey/open/k").error == "Invalid path, must be 'plaintext' or 'wrapped'"
        assert desk.post("transit/datakey/plaintext/k", bits=77).error == "invalid bit length"
        assert desk.post("transit/datakey/plaintext/none").error == "encryption key not found"
        desk.key("s", "ed25519")
        assert desk.post("transit/datakey/plaintext/s").status == 400


class TestDigits:
    def test_an_identity_number_stays_one(self, desk: Desk) -> None:
        desk.key("f", "sm4-ff1")
        made = desk.post("transit/fpe/encrypt/f", value="110101-1990-03070011", tweak=b64("id column")).data
        assert made["value"] != "110101-1990-03070011"
        assert [letter if letter == "-" else "d" for letter in made["value"]] == list("dddddd-dddd-dddddddd")
        back = desk.post("transit/fpe/decrypt/f", value=made["value"], tweak=b64("id column"))
        assert back.data["value"] == "110101-1990-03070011"

    def test_an_old_version_still_decrypts_when_it_is_named(self, desk: Desk) -> None:
        desk.key("f", "sm4-ff1")
        made = desk.post("transit/fpe/encrypt/f", value="13800138000").data["value"]
        desk.post("transit/keys/f/rotate")
        assert desk.post("transit/fpe/decrypt/f", value=made, key_version=1).data["value"] == "13800138000"
        assert desk.post("transit/fpe/decrypt/f", value=made).data["value"] != "13800138000"

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"value": "12345"}, "too easy to guess"),
            ({"value": ""}, "2 to 4096"),
            ({"value": "1234567", "alphabet": "11"}, "appears twice"),
            ({"value": "1234567", "tweak": "%"}, "base64"),
            ({"value": "1234567", "key_version": 9}, "higher"),
        ],
    )
    def test_faults_are_named(self, desk: Desk, body: Any, reason: str) -> None:
        desk.key("f", "sm4-ff1")
        assert reason in desk("POST", "transit/fpe/encrypt/f", body).error

    def test_only_keys_made_for_it_keep_formats(self, desk: Desk) -> None:
        desk.key("k")
        assert "sm4-ff1" in desk.post("transit/fpe/encrypt/k", value="1234567").error
        assert desk.post("transit/fpe/encrypt/none", value="1234567").error == "encryption key not found"


class TestChance:
    def test_random_octets_come_as_asked(self, desk: Desk) -> None:
        assert len(b64decode(desk.post("transit/random").data["random_bytes"])) == 32
        assert len(desk.post("transit/random/7", format="hex").data["random_bytes"]) == 14
        assert len(b64decode(desk.post("sys/tools/random/platform/5").data["random_bytes"])) == 5

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("random/0", {}),
            ("random", {"bytes": 131_073}),
            ("random/x", {}),
            ("random/1/2", {}),
            ("random", {"format": "octal"}),
        ],
    )
    def test_unreasonable_wishes_are_refused(self, desk: Desk, path: str, body: Any) -> None:
        assert desk("POST", f"transit/{path}", body).status == 400

    def test_digests_are_those_of_their_standards(self, desk: Desk) -> None:
        sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        assert desk.post("transit/hash/sm3", input=b64("abc")).data["sum"] == sm3
        assert desk.post("sys/tools/hash", input=b64("abc"), algorithm="sm3", format="base64").status == 200
        assert desk.post("transit/hash/md5", input=b64("abc")).error == "unsupported algorithm md5"
        assert desk.post("transit/hash").error == "input missing"
        assert desk.post("transit/hash", input="%").status == 400
        assert desk.post("transit/hash", input=b64("a"), format="octal").status == 400
