"""Configurations, tables of passwords, columns and lists of packages: what each shows, and what it cannot show."""

import base64
import random
import zlib
from collections.abc import Sequence

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, ScryptPasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.selfcheck import administration, columns, packages, passwords
from yunyue.services.crypto.selfcheck.columns import Column
from yunyue.services.crypto.selfcheck.finding import Finding

SOUND = """
Port 22
Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com
MACs hmac-sha2-256-etm@openssh.com
KexAlgorithms curve25519-sha256
HostKeyAlgorithms ssh-ed25519,rsa-sha2-512
PasswordAuthentication no
PermitRootLogin no
"""


def ssh(text: str) -> dict[str, Finding]:
    return {one.item: one for one in administration.look(text, "host-1")}


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("ListenAddress 127.0.0.1", "inapplicable"),
        ("ListenAddress 127.0.0.1:22\nlistenaddress [::1]:22", "inapplicable"),
        ("ListenAddress ::1\nListenAddress localhost", "inapplicable"),
        ("ListenAddress 127.0.0.1\nListenAddress 0.0.0.0", "partly"),
        ("ListenAddress 10.0.0.1", "partly"),
        ("ListenAddress [::]:22", "partly"),
        ("ListenAddress host.example", "partly"),
    ],
)
def test_without_remote_administration_its_channel_is_not_applicable(lines: str, state: str) -> None:
    found = ssh(f"{lines}\n{SOUND}")
    assert found["8.3b"].state == state
    assert found["8.3a"].state == "partly"


def test_where_nobody_logs_in_by_a_password_there_is_none_to_protect() -> None:
    (found,) = passwords.look(["!", "*", "!locked"], "accounts")
    assert (found.item, found.state) == ("8.4e", "inapplicable")
    assert kept("!", "$6$salt$hash").said.en.endswith("(sha-crypt × 1)")
    (nothing,) = passwords.look([], "accounts")
    assert nothing.state == "unchecked"


def test_a_sound_configuration_partly_meets_because_ssh_has_no_chinese_algorithms() -> None:
    found = ssh(SOUND)
    assert {one.state for one in found.values()} == {"partly"}
    assert "no weak algorithm" in found["8.3b"].said.en
    assert "public keys only" in found["8.3a"].said.en


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Ciphers aes128-ctr,3des-cbc", "3des-cbc"),
        ("ciphers=aes256-cbc", "aes256-cbc"),
        ("MACs hmac-sha1,hmac-sha2-256", "hmac-sha1"),
        ("MACs umac-64@openssh.com", "umac-64@openssh.com"),
        ("KexAlgorithms +diffie-hellman-group1-sha1", "diffie-hellman-group1-sha1"),
        ("HostKeyAlgorithms ssh-rsa", "ssh-rsa"),
        ("Protocol 2,1", "protocol 1"),
    ],
)
def test_weak_algorithms_are_named(line: str, named: str) -> None:
    found = ssh(f"{line}\n{SOUND}")["8.3b"]
    assert found.state == "fails"
    assert named in found.said.en


def test_taking_a_weak_algorithm_away_is_no_weakness() -> None:
    assert ssh(f"MACs -hmac-sha1\n{SOUND}")["8.3b"].state == "partly"


def test_what_is_not_said_depends_on_the_version_and_is_unchecked() -> None:
    found = ssh("Port 22\n")["8.3b"]
    assert found.state == "unchecked"
    assert "sshd -T" in found.said.en


@pytest.mark.parametrize(
    ("lines", "state", "said"),
    [
        ("PubkeyAuthentication no", "fails", "passwords only"),
        ("PermitEmptyPasswords yes", "fails", "empty passwords"),
        ("PasswordAuthentication yes", "partly", "also passwords"),
        ("PasswordAuthentication no\nPermitRootLogin yes", "partly", "root itself"),
    ],
)
def test_how_one_logs_in_is_told(lines: str, state: str, said: str) -> None:
    found = ssh(f"Port 22\n{lines}\n")["8.3a"]
    assert found.state == state
    assert said in found.said.en


def test_comments_and_match_blocks_are_not_the_servers_settings() -> None:
    found = ssh(f"# Ciphers 3des-cbc\n{SOUND}Match User x\n  PermitEmptyPasswords yes\n")
    assert {one.state for one in found.values()} == {"partly"}


@pytest.mark.parametrize("text", ["", "\x00ELF", "#\n", "x" * 300_000, "ключ\n"])
def test_what_is_no_configuration_is_unchecked(text: str) -> None:
    assert {one.state for one in ssh(text).values()} == {"unchecked"}


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert {one.item for one in administration.look(text, "x")} == {"8.3a", "8.3b"}


def kept(*hashes: str) -> Finding:
    (found,) = passwords.look(hashes, "users")
    return found


def test_what_django_stores_is_understood() -> None:
    pbkdf2 = PBKDF2PasswordHasher().encode("p", "saltsaltsaltsalt", iterations=1_000_000)
    few = PBKDF2PasswordHasher().encode("p", "saltsaltsaltsalt", iterations=1000)
    argon2 = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA"
    scrypt = ScryptPasswordHasher().encode("p", "saltsaltsaltsalt", n=2**4)
    assert Argon2PasswordHasher.algorithm == argon2.split("$", maxsplit=1)[0]
    assert [passwords.form(one)[0] for one in (pbkdf2, few, argon2, scrypt)] == ["strong", "slow", "strong", "strong"]
    assert kept(pbkdf2, argon2, scrypt).state == "partly"
    assert (kept(pbkdf2, few).state, "too few rounds" in kept(few).said.en) == ("partly", True)


@pytest.mark.parametrize(
    "hashed",
    [
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
        "a" * 64,
        "$1$abc$def",
        "{SSHA}x",
        "unsalted_sha1$$x",
    ],
)
def test_fast_and_broken_digests_fail(hashed: str) -> None:
    found = kept(hashed)
    assert found.state == "fails"
    assert hashed not in found.said.en + found.said.zh


def test_plain_text_fails_and_is_not_repeated() -> None:
    found = kept("hunter2", "pbkdf2_sha256$900000$salt$hash")
    assert found.state == "fails"
    assert "hunter2" not in found.said.en + found.said.zh + found.looked_at


def test_sm3_with_salt_and_enough_rounds_meets() -> None:
    assert kept("pbkdf2_sm3$600000$salt$hash").state == "meets"
    assert kept("pbkdf2_sm3$600000$salt$hash", "argon2$argon2id$x").state == "partly"


def column(values: Sequence[str | bytes], chinese: bool = False) -> Finding:
    return columns.look(Column("people.number", values, chinese))[0]


def sealed(count: int) -> list[str]:
    return [f"vault:v1:{base64.b64encode(random_octets(60)).decode()}" for _ in range(count)]


def test_a_column_of_ciphertexts_looks_like_one() -> None:
    for values in (sealed(500), [random_octets(64) for _ in range(200)], [random_octets(64).hex() for _ in range(200)]):
        assert column(values).state == "partly"
        assert column(values, chinese=True).state == "meets"


def test_what_transit_wrote_also_guards_against_change() -> None:
    assert [one.item for one in columns.look(Column("c", sealed(500)))] == ["8.4e", "8.4g"]
    assert [one.item for one in columns.look(Column("c", [random_octets(64)] * 2))] == ["8.4e"]


@pytest.mark.parametrize(
    "values",
    [
        ["110101199003070011"] * 500,
        ["张三", "李四"] * 300,
        ["plain text that is rather long, so that there is enough of it"] * 100,
        [base64.b64encode(b"plain text that is rather long, with Base64 around it").decode()] * 100,
        [b"plain text that is rather long, so that there is enough of it".hex()] * 100,
        [b"octets that are text, of a certain length, as octets"] * 100,
    ],
)
def test_readable_columns_fail(values: list[str | bytes]) -> None:
    found = column(values)
    assert found.state == "fails"
    assert not any(str(one)[:12] in found.said.en for one in values)


def test_one_readable_value_among_ciphertexts_is_found() -> None:
    found = column([*sealed(500), "110101199003070011"])
    assert found.state == "fails"
    assert "1 of 501" in found.said.en


def test_octets_that_are_not_spread_evenly_fail() -> None:
    chance = random.Random(7)  # uneven octets are wanted, the same in each run
    uneven = [bytes(chance.choice(range(128, 200)) for _ in range(64)) for _ in range(200)]
    assert "not spread" in column(uneven).said.en


def test_a_shifted_text_is_not_taken_for_a_ciphertext() -> None:
    shifted = [bytes(octet ^ 0xA5 for octet in f"citizen number {at:06} of this town".encode()) for at in range(500)]
    assert column(shifted).state == "fails"


def test_repeated_ciphertexts_are_found() -> None:
    values = sealed(400)
    assert column([*values, *values[:3]]).state == "partly"
    assert "3 values occur again" in column([*values, *values[:3]], chinese=True).said.en


def test_too_little_says_nothing() -> None:
    assert column(sealed(3)).state == "unchecked"
    assert column([]).state == "unchecked"


@pytest.mark.parametrize(("numbers", "state"), [(900, "partly"), (12_000, "fails")])
def test_a_little_compressed_content_passes_and_the_finding_says_so_much_is_found_out(numbers: int, state: str) -> None:
    chance = random.Random(7)  # the same in each run
    packed = zlib.compress(" ".join(str(chance.random()) for _ in range(numbers)).encode(), 9)[2:]
    found = column([packed])
    assert found.state == state
    assert ("compressed" in found.said.en) == (state == "partly")


def test_even_octets_pass_a_thousand_times_out_of_a_thousand() -> None:
    chance = random.Random(1)  # the same in each run
    for _ in range(1000):
        assert columns.measured([chance.randbytes(8192)]).chi_square <= columns.MOST_CHI_SQUARE


def test_entropy_of_small_samples_is_corrected() -> None:
    found = columns.measured([random.Random(3).randbytes(4096)])  # the same in each run
    assert found.entropy > columns.LEAST_ENTROPY


def installed(*lines: str) -> list[Finding]:
    return packages.look(lines, "requirements.txt")


def test_unsafe_packages_are_found_however_they_are_written() -> None:
    for line in ("gmssl", "GmSSL==3.2.2", "  gmssl>=3 # why", "smcryptopy"):
        (found,) = installed("django==5.2", line)
        assert found.state == "fails"
    assert {one.state for one in installed("rsa==4.9", "ecdsa")} == {"partly"}


def test_safe_packages_meet_and_an_empty_list_says_nothing() -> None:
    assert [one.state for one in installed("cryptography==50.0.2", "gmssl-like", "# gmssl")] == ["meets"]
    assert [one.state for one in installed("", "# nothing")] == ["unchecked"]
