"""The security administrator sees which keys and certificates end soon, or why they were not looked at."""

from datetime import timedelta

import pytest
from console_cast import LogIn, text
from keys_cast import THEIRS, Keys

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.crypto.ending import endings
from yunyue.services.crypto.inventory import HeldCertificate, HeldKey, Holdings
from yunyue.services.crypto.inventory.holdings import HeldVersion
from yunyue.services.crypto.key import DAY
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.service import vault_folder


def page(log_in: LogIn, language: str = "en") -> str:
    return text(log_in(Role.SECURITY_ADMINISTRATOR, language=language).get("/security"))


@pytest.mark.parametrize(("language", "words"), [("en", "Key, will be destroyed"), ("zh-hans", "密钥，将被销毁")])
def test_keys_of_every_department_that_wait_for_destruction_are_named(
    keys: Keys, log_in: LogIn, language: str, words: str
) -> None:
    assert words not in page(log_in, language)
    keys.act("their-key", "delete", THEIRS)
    assert f"{words} their/their-key" in page(log_in, language)


def test_a_sealed_vault_is_said_not_to_have_been_looked_at(keys: Keys, log_in: LogIn) -> None:
    keys.seal()
    assert "Keys and certificates were not looked at. the vault is sealed" in page(log_in)
    assert "未能查看密钥和证书。 密码库已封存" in page(log_in, "zh-hans")


def test_looking_makes_no_vault_where_there_is_none(own_office: Office, log_in: LogIn) -> None:
    assert "Expiring soon" in page(log_in)
    assert not vault_folder(own_office.settings.home / "services").exists()


def test_only_what_ends_in_time_is_named_soonest_first(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    now = keys.vault.now()
    mount = Mount("m/", "")

    def key(name: str, age: int) -> HeldKey:
        version = HeldVersion(1, now - age * DAY, 0, usable=True)
        return HeldKey(mount, name, "sm2", "active", version.made, 1, (version,), 0, 0, exportable=False)

    def ends(name: str, days: int, revoked: int = 0) -> HeldCertificate:
        return HeldCertificate(mount, "ca", name, "", "1", 0, now + days * DAY, "", "", "", revoked)

    held = Holdings(
        now,
        (key("old", 366), key("soon", 340), key("young", 3)),
        (ends("web", 5), ends("later", 60), ends("revoked", 5, now), ends("over", -9)),
    )
    monkeypatch.setattr("yunyue.doors.web.crypto.ending.holdings", lambda *_: held)
    found = endings(30)
    assert isinstance(found, list)
    assert [(one.kind, one.name) for one in found] == [
        ("certificate", "over"),
        ("old", "old"),
        ("certificate", "web"),
        ("old", "soon"),
    ]
    assert found[2].when - keys.office.clock.now() <= timedelta(days=5)
