"""How sealed fields are declared: mistakes are found by Django's checks, migrations carry them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.db.migrations.writer import MigrationWriter

from yunyue.doors.fields import BlindIndexField, SealedTextField

PROJECT = """
from pathlib import Path
SECRET_KEY = "x"
INSTALLED_APPS = ["bureau"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "db.sqlite"}}
USE_TZ = True
"""
MODELS = """
import uuid
from django.db import models
from yunyue.doors.fields import BlindIndexField, SealedManager, SealedTextField


class Citizen(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = SealedTextField(key="cells", identity="id", null=True)
    number_index = BlindIndexField(of="number", key="codes")
    objects = SealedManager()
"""


def faults(name: str, **fields: Any) -> set[str]:
    """The ids of what checks say of a model with these fields."""
    values = {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "bureau_checks"}), **fields}
    kind: Any = type(name, (models.Model,), values)
    return {str(one.id) for field in kind._meta.get_fields() for one in field.check()}


def test_a_field_declared_well_has_no_faults() -> None:
    key = models.CharField(max_length=9, primary_key=True)
    sealed, index = SealedTextField(key="k", identity="id"), BlindIndexField(of="text", key="i")
    assert faults("Well", id=key, text=sealed, index=index) == set()


@pytest.mark.parametrize(
    ("number", "sealed", "fault"),
    [
        (1, {"identity": "code"}, "yunyue.E001"),
        (2, {"key": "k"}, "yunyue.E002"),
        (3, {"key": "k", "identity": "nothing"}, "yunyue.E002"),
        (4, {"key": "k", "identity": "text"}, "yunyue.E002"),
        (5, {"key": "k", "identity": "id"}, "yunyue.E003"),
        (6, {"key": "k", "identity": "code", "unique": True}, "yunyue.E004"),
    ],
)
def test_a_field_declared_wrongly_is_found(number: int, sealed: dict[str, Any], fault: str) -> None:
    code = models.CharField(max_length=9)
    assert faults(f"Wrong{number}", code=code, text=SealedTextField(**sealed)) == {fault}


@pytest.mark.parametrize(("number", "index"), [(1, {"of": "code", "key": "k"}), (2, {"of": "text"}), (3, {"key": "k"})])
def test_an_index_of_nothing_is_found(number: int, index: dict[str, str]) -> None:
    code, sealed = models.CharField(max_length=9), SealedTextField(key="k", identity="code")
    assert faults(f"WrongIndex{number}", code=code, text=sealed, index=BlindIndexField(**index)) == {"yunyue.E005"}


def test_fields_are_written_into_migrations_as_they_were_declared() -> None:
    for field in (SealedTextField(key="k", identity="id", null=True), BlindIndexField(of="number", key="i")):
        _, path, args, how = field.deconstruct()
        again = type(field)(*args, **how)
        assert again.deconstruct()[1:] == (path, args, how)
        text, _imports = MigrationWriter.serialize(field)
        assert "key=" in text


def test_a_project_makes_and_applies_migrations(tmp_path: Path) -> None:
    (tmp_path / "bureau" / "migrations").mkdir(parents=True)
    for name in ("bureau/__init__.py", "bureau/migrations/__init__.py"):
        (tmp_path / name).touch()
    (tmp_path / "bureau" / "models.py").write_text(MODELS)
    (tmp_path / "project.py").write_text(PROJECT)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "project", "PYTHONPATH": str(tmp_path)}

    def manage(*words: str) -> str:
        command = [sys.executable, "-m", "django", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("check")
    manage("makemigrations", "bureau")
    made = (tmp_path / "bureau/migrations/0001_initial.py").read_text()
    assert 'key="cells"' in made.replace("'", '"')
    manage("migrate")
    assert "No changes" in manage("makemigrations", "--check")
    models_text = MODELS.replace(
        "number_index", "remark = SealedTextField(key='cells', identity='id', null=True)\n    number_index"
    )
    (tmp_path / "bureau" / "models.py").write_text(models_text)
    manage("makemigrations", "bureau")
    manage("migrate")
    assert "No changes" in manage("makemigrations", "--check")
