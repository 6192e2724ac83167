"""Sealed fields of a department's Django project, on SQLite and on a real PostgreSQL, with a real vault server."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connections, models, transaction
from django.test import override_settings
from field_cast import MOUNT, Bureau
from postgres import BINARIES, Cluster

from yunyue.doors.fields import (
    BlindIndexField,
    ColumnFailed,
    SealedManager,
    SealedTextField,
    Turned,
    open_all,
    turn_over,
)

NUMBER = "110101199003070011"
ALIAS = "bureau"


class Citizen(models.Model):
    """A citizen with a sealed number, searched, and a sealed remark, not searched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    town = models.CharField(max_length=20, default="")
    number = SealedTextField(key="cells", identity="id", null=True)
    number_index = BlindIndexField(of="number", key="codes")
    remark = SealedTextField(key="cells", identity="id", null=True)
    objects: ClassVar[SealedManager] = SealedManager()

    class Meta:
        """Of no installed app: the test makes its table."""

        app_label = "bureau"
        db_table = "citizens"


class Letter(models.Model):
    """Known by a natural key; its manager is Django's own."""

    code = models.CharField(max_length=20, unique=True)
    text = SealedTextField(key="cells", identity="code", null=True)
    objects: ClassVar[models.Manager["Letter"]] = models.Manager()

    class Meta:
        """Likewise."""

        app_label = "bureau"
        db_table = "letters"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, bureau: Bureau) -> Iterator[str]:
    """Opens a database with the project's tables; its vendor."""
    if request.param == "sqlite":
        made: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite"}
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        name = cluster.database().rsplit("=", 1)[1]
        made = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": "postgres",
            "HOST": str(cluster.folder),
        }
    connections.databases[ALIAS] = connections.configure_settings({"default": {}, ALIAS: made})[ALIAS]
    crypto = {"ADDRESS": bureau.server.address, "TOKEN": bureau.server.token, "MOUNT": MOUNT}
    with override_settings(YUNYUE_CRYPTO=crypto, DATABASE_ROUTERS=[Router()]):
        with connections[ALIAS].schema_editor() as editor:
            editor.create_model(Citizen)
            editor.create_model(Letter)
        yield request.param
    connections[ALIAS].close()
    del connections[ALIAS]
    del connections.databases[ALIAS]


class Router:
    """Sends the project's models to its own database."""

    def db_for_read(self, model: type[models.Model], **_: Any) -> str | None:
        """Where it is read."""
        return ALIAS if model._meta.app_label == "bureau" else None

    db_for_write = db_for_read


@pytest.fixture
def asked(database: str, bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request to the vault from now on, as path and number of items."""
    from yunyue.services.crypto.client import Client

    real, found = Client.post, []

    def noted(self: Client, path: str, body: dict[str, Any]) -> Any:
        found.append(f"{path} {len(body.get('batch_input', [0]))}")
        return real(self, path, body)

    monkeypatch.setattr(Client, "post", noted)
    return found


def raw(statement: str, *values: str) -> list[Any]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def test_a_text_comes_back_and_its_cell_is_a_ciphertext(database: str) -> None:
    made = Citizen.objects.create(number=NUMBER, remark="低保户")
    assert made.number == NUMBER
    found = Citizen.objects.get(pk=made.pk)
    assert (found.number, found.remark) == (NUMBER, "低保户")
    ((number, index, remark),) = raw("SELECT number, number_index, remark FROM citizens")
    assert number.startswith("vault:v")
    assert remark.startswith("vault:v")
    assert NUMBER not in number + index


@pytest.mark.parametrize("value", ["", "vault:v1:AAAA", "x" * 5000, "\x00", "𠮷", None])
def test_any_text_comes_back(database: str, value: str | None) -> None:
    made = Citizen.objects.create(number=value)
    assert Citizen.objects.get(pk=made.pk).number == value


def test_nothing_stays_nothing_and_takes_its_code_along(database: str) -> None:
    made = Citizen.objects.create(number=NUMBER)
    made.number = None
    made.save()
    assert raw("SELECT number, number_index FROM citizens") == [(None, None)]
    assert Citizen.objects.filter(number__isnull=True).get() == made
    assert not Citizen.objects.filter(number=NUMBER).exists()
    assert Citizen.objects.filter(number=None).get() == made


def test_equal_values_are_found_by_the_index(database: str, asked: list[str]) -> None:
    first, second, third = (Citizen.objects.create(number=number) for number in (NUMBER, NUMBER, "other"))
    asked.clear()
    found = Citizen.objects.filter(number=NUMBER).defer("number", "remark")
    assert {one.pk for one in found} == {first.pk, second.pk}
    assert all(one.startswith("hmac/codes") for one in asked)
    assert Citizen.objects.filter(number__in=[NUMBER, "other"]).count() == 3
    assert Citizen.objects.filter(number__in=[]).count() == 0
    assert Citizen.objects.exclude(number=NUMBER).get() == third
    assert Citizen.objects.filter(number=NUMBER, town="").count() == 2
    assert Citizen.objects.filter(models.Q(number="nobody") | models.Q(number="other")).get() == third


@pytest.mark.parametrize("asked_for", [{"number__contains": "11"}, {"number__gt": "1"}, {"remark": "x"}])
def test_what_cannot_be_asked_of_a_ciphertext_is_refused(database: str, asked_for: dict[str, str]) -> None:
    with pytest.raises(FieldError):
        Citizen.objects.filter(**asked_for).count()


def test_a_comparison_with_another_column_is_refused(database: str) -> None:
    with pytest.raises(FieldError, match="texts only"):
        Citizen.objects.filter(number=models.F("town")).count()


def test_plain_text_cannot_be_written_past_an_instance(database: str) -> None:
    Citizen.objects.create(number=NUMBER)
    with pytest.raises(FieldError, match="plain text does not go"):
        Citizen.objects.update(number="x")
    assert Citizen.objects.get().number == NUMBER
    assert Citizen.objects.update(town="通州") == 1


def test_a_row_swapped_with_another_is_refused(database: str) -> None:
    first, second = Citizen.objects.create(number="one"), Citizen.objects.create(number="two")
    cells = [Citizen.objects.values_list("number", flat=True).get(pk=one.pk) for one in (first, second)]
    for old, new in ((cells[0], "-"), (cells[1], cells[0]), ("-", cells[1])):
        raw("UPDATE citizens SET number = %s WHERE number = %s", new, old)
    for one in (first, second):
        with pytest.raises(ColumnFailed, match="authentication failed"):
            Citizen.objects.get(pk=one.pk)


def test_a_cell_moved_to_another_column_is_refused(database: str) -> None:
    Citizen.objects.create(number="one")
    raw("UPDATE citizens SET remark = number")
    with pytest.raises(ColumnFailed, match="remark"):
        Citizen.objects.get()


def test_many_rows_are_sealed_and_opened_in_one_request_a_field(database: str, asked: list[str]) -> None:
    Citizen.objects.bulk_create(Citizen(number=f"number {count}") for count in range(1000))
    assert asked == ["encrypt/cells 1000", "hmac/codes 1000"]
    asked.clear()
    assert {one.number for one in Citizen.objects.all()} == {f"number {count}" for count in range(1000)}
    assert asked == ["decrypt/cells 1000"]
    asked.clear()
    assert sum(one.number is not None for one in Citizen.objects.iterator(chunk_size=400)) == 1000
    assert asked == ["decrypt/cells 400", "decrypt/cells 400", "decrypt/cells 200"]


def test_bulk_update_writes_texts_with_their_codes(database: str, asked: list[str]) -> None:
    rows = [Citizen.objects.create(number=str(count)) for count in range(5)]
    for one in rows:
        one.number = f"new {one.number}"
    asked.clear()
    assert Citizen.objects.bulk_update(rows, ["number"]) == 5
    assert asked == ["encrypt/cells 5", "hmac/codes 5"]
    assert [one.number for one in rows] == [f"new {count}" for count in range(5)]
    assert Citizen.objects.get(number="new 3").pk == rows[3].pk
    assert not Citizen.objects.filter(number="3").exists()


def test_an_unchanged_row_is_not_sealed_again(database: str, asked: list[str]) -> None:
    Citizen.objects.create(number=NUMBER)
    before = raw("SELECT number, number_index FROM citizens")
    row = Citizen.objects.get()
    asked.clear()
    row.town = "通州"
    row.save(update_fields=["town"])
    assert asked == []
    row.save()
    assert [one for one in asked if one.startswith("encrypt")] == []
    assert raw("SELECT number, number_index FROM citizens") == before


def test_a_row_nobody_opened_is_saved_as_it_is(database: str, asked: list[str]) -> None:
    Letter.objects.using(ALIAS).create(code="a", text="密")
    row = Letter.objects.get(code="a")
    asked.clear()
    row.save()
    assert asked == []
    assert row.text == "密"
    assert asked == ["decrypt/cells 1"]


def test_a_row_that_gets_another_identity_takes_its_text_along(database: str) -> None:
    row = Letter.objects.create(code="a", text="密")
    for opened in (False, True):
        row = Letter.objects.get(pk=row.pk)
        assert not opened or row.text == "密"
        row.code = f"b{opened}"
        row.save()
        assert Letter.objects.get(pk=row.pk).text == "密"


def test_a_copied_row_has_a_ciphertext_of_its_own(database: str) -> None:
    made = Citizen.objects.create(number=NUMBER)
    copy = Citizen.objects.get(pk=made.pk)
    copy.pk = uuid.uuid4()
    copy._state.adding = True
    copy.save()
    assert {one.number for one in Citizen.objects.all()} == {NUMBER}
    assert len(set(raw("SELECT number FROM citizens"))) == 2


def test_a_row_without_an_identity_is_refused(database: str) -> None:
    with pytest.raises(ColumnFailed, match="has no code yet"):
        Letter.objects.create(text="密")
    assert not Letter.objects.exists()


def test_a_text_is_not_written_without_its_code(database: str) -> None:
    row = Citizen.objects.create(number="one")
    row.number = "two"
    with pytest.raises(FieldError, match="number_index"):
        row.save(update_fields=["number"])
    row.save(update_fields=["number", "number_index"])
    assert Citizen.objects.get(number="two") == row


def test_update_or_create_finds_by_the_index(database: str) -> None:
    for town in ("东城", "西城"):
        Citizen.objects.update_or_create(number=NUMBER, defaults={"town": town})
    assert Citizen.objects.get().town == "西城"
    Citizen.objects.update_or_create(number=NUMBER, defaults={"number": "new"})
    assert Citizen.objects.get(number="new").town == "西城"


def test_deferred_and_refreshed_fields_come_opened(database: str) -> None:
    made = Citizen.objects.create(number=NUMBER)
    assert Citizen.objects.only("town").get().number == NUMBER
    assert Citizen.objects.only("number").get().number == NUMBER
    Citizen.objects.filter(pk=made.pk).get().save()
    made.refresh_from_db()
    assert made.number == NUMBER
    assert str(Citizen.objects.values_list("number", flat=True).get()).startswith("vault:v")


def test_rows_of_djangos_own_manager_can_be_opened_together(database: str, asked: list[str]) -> None:
    for code in "abc":
        Letter.objects.create(code=code, text=f"text {code}")
    asked.clear()
    assert [one.text for one in open_all(Letter.objects.order_by("code"))] == ["text a", "text b", "text c"]
    assert asked == ["decrypt/cells 3"]


def test_what_would_write_plain_text_to_a_file_is_refused(database: str) -> None:
    Citizen.objects.create(number=NUMBER)
    with pytest.raises(ColumnFailed, match="dumpdata"):
        serializers.serialize("json", Citizen.objects.all())


def test_a_dump_contains_no_plain_text(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    Citizen.objects.create(number=NUMBER, remark="低保户资料")
    if database == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        name = str(connections[ALIAS].settings_dict["NAME"])
        command = [str(BINARIES / "pg_dump"), "-h", str(cluster.folder), "-U", "postgres", name]
        dump = subprocess.run(command, check=True, capture_output=True).stdout
    else:
        connections[ALIAS].close()
        dump = b"".join(path.read_bytes() for path in tmp_path.glob("db.sqlite*"))
    assert b"vault:v" in dump
    assert NUMBER.encode() not in dump
    assert "低保户".encode() not in dump


def test_turning_over_brings_cells_and_codes_to_the_latest_versions(database: str, bureau: Bureau) -> None:
    Citizen.objects.bulk_create([*(Citizen(number=f"n{count}", remark="r") for count in range(25)), Citizen()])
    assert turn_over(Citizen, ALIAS) == Turned(50, 0, 0, 0)
    bureau.manage("POST", "keys/cells/rotate")
    bureau.manage("POST", "keys/codes/rotate")
    assert Citizen.objects.get(number="n3")
    Citizen.objects.create(number="fresh")
    assert turn_over(Citizen, ALIAS, at_once=10) == Turned(51, 50, 25, 0)
    assert turn_over(Citizen, ALIAS, at_once=10) == Turned(51, 0, 0, 0)
    bureau.manage("POST", "keys/cells/config", min_decryption_version=bureau.latest("cells"))
    assert Citizen.objects.get(number="n3").remark == "r"
    bureau.manage("POST", "keys/cells/config", min_decryption_version=1)


def test_turning_over_leaves_alone_what_was_changed_meanwhile(
    database: str, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Letter.objects.create(code="a", text="old")
    bureau.manage("POST", "keys/cells/rotate")
    from yunyue.services.crypto.fields import SealedColumn

    real = SealedColumn.turn

    def meanwhile(self: SealedColumn, cells: Any) -> Any:
        row.text = "new"
        row.save()
        return real(self, cells)

    monkeypatch.setattr(SealedColumn, "turn", meanwhile)
    assert turn_over(Letter, ALIAS) == Turned(1, 0, 0, 1)
    assert Letter.objects.get().text == "new"


def test_a_sealed_vault_is_said_and_nothing_is_written(database: str, bureau: Bureau) -> None:
    bureau.server.ask("PUT", "sys/seal").raise_for_status()
    try:
        with pytest.raises(ColumnFailed, match="sealed"), transaction.atomic(ALIAS):
            Citizen.objects.create(number=NUMBER)
    finally:
        bureau.server.ask("PUT", "sys/unseal", {"key": bureau.server.shares[0]}).raise_for_status()
    assert not Citizen.objects.exists()


def test_a_token_in_a_file_is_taken_up_when_it_changes(database: str, bureau: Bureau, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("wrong\n")
    setting = {"ADDRESS": bureau.server.address, "TOKEN_FILE": str(path), "MOUNT": MOUNT}
    with override_settings(YUNYUE_CRYPTO=setting):
        with pytest.raises(ColumnFailed, match="permission denied"):
            Citizen.objects.create(number=NUMBER)
        path.write_text(f"{bureau.server.token}\n")
        assert Citizen.objects.create(number=NUMBER).number == NUMBER


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (None, "is missing"),
        ({}, "is missing"),
        ({"ADDRESS": "vault"}, "http"),
        ({"ADDRESS": "http://h", "TOKEN_FILE": "/nowhere"}, "TOKEN_FILE"),
    ],
)
def test_wrong_settings_are_said(database: str, setting: Any, said: str) -> None:
    with override_settings(YUNYUE_CRYPTO=setting), pytest.raises(ImproperlyConfigured, match=said):
        Citizen.objects.create(number=NUMBER)
