"""Every byte of a ciphertext, a signature, a token and a backup counts: changed, it is refused."""

from base64 import b64decode

import pytest
from crypto_cast import Desk, b64

CIPHERS = ("aes256-gcm96", "aes128-gcm96", "chacha20-poly1305", "sm4-gcm96", "sm2", "rsa-2048")


def changed(text: bytes) -> list[bytes]:
    """The text with one bit of each byte turned."""
    return [text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :] for place in range(len(text))]


@pytest.mark.parametrize("kind", CIPHERS)
def test_every_byte_of_a_ciphertext_counts(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    head, _, body = desk.encrypt("k", "text").rpartition(":")
    wrong = [f"{head}:{b64(one)}" for one in changed(b64decode(body))]
    batch = [{"ciphertext": one} for one in wrong]
    answer = desk.post("transit/decrypt/k", batch_input=batch)
    assert answer.status == 400
    results = answer.json["data"]["batch_results"]
    assert len(results) == len(wrong)
    assert all(one["error"] and not one["plaintext"] for one in results)


@pytest.mark.parametrize("kind", ["sm2", "ecdsa-p256", "ed25519", "rsa-2048"])
def test_every_byte_of_a_signature_counts(desk: Desk, kind: str) -> None:
    desk.key("k", kind)
    head, _, body = desk.post("transit/sign/k", input=b64("text")).data["signature"].rpartition(":")
    batch = [{"input": b64("text"), "signature": f"{head}:{b64(one)}"} for one in changed(b64decode(body))]
    results = desk.post("transit/verify/k", batch_input=batch).data["batch_results"]
    assert not any(one["valid"] for one in results)


def test_every_letter_of_a_token_counts(desk: Desk) -> None:
    token = desk.token('path "transit/*" { capabilities = ["read", "list"] }')
    assert desk("LIST", "transit/keys", token=token).status == 404
    for place in range(len(token)):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert desk("LIST", "transit/keys", token=other).status == 403
    assert desk("LIST", "transit/keys", token=token[:-1]).status == 403
    assert desk("LIST", "transit/keys", token=token + "A").status == 403


def test_every_byte_of_a_token_row_counts(desk: Desk) -> None:
    before = set(desk.vault.barrier.rows.under("token/"))
    token = desk.token('path "transit/*" { capabilities = ["read", "list"] }')
    (path,) = set(desk.vault.barrier.rows.under("token/")) - before
    row = desk.vault.barrier.rows.get(path)
    assert row is not None
    for one in changed(row):
        desk.vault.barrier.rows.put(path, one)
        desk.vault.tokens.forget()
        assert desk("LIST", "transit/keys", token=token).status == 500
    desk.vault.barrier.rows.put(path, row)
    desk.vault.tokens.forget()
    assert desk("LIST", "transit/keys", token=token).status == 404
