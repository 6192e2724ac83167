"""An installation whose parts do not agree is not opened, so nothing is said or recorded on top of it."""

import shutil
from pathlib import Path

import contract_year
import pytest

from yunyue.answer import Refused
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel, Recorder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A published contract year, closed."""
    chosen = Settings(home=tmp_path / "home")
    kernel = contract_year.tell(chosen)
    assert not isinstance(kernel.publish(), Refused)
    kernel.close()
    return chosen


def opened(settings: Settings) -> Refused:
    """The refusal, which must be one."""
    found = Kernel.open(settings)
    assert isinstance(found, Refused)
    return found


def test_what_agrees_is_opened_again(settings: Settings) -> None:
    kernel = Kernel.open(settings)
    assert isinstance(kernel, Kernel)
    kernel.close()


def test_an_amount_changed_in_the_database_stops_everything(settings: Settings) -> None:
    raw = (settings.home / "journal.sqlite").read_bytes()
    assert b"958397.20" in raw
    (settings.home / "journal.sqlite").write_bytes(raw.replace(b'"amount":"958397.20"', b'"amount":"858397.20"'))
    refused = opened(settings)
    assert refused.field == "journal"
    assert "fsck" in refused.reason


def test_a_lost_journal_beside_published_tiles_is_not_begun_again(settings: Settings) -> None:
    for file in settings.home.glob("journal.sqlite*"):
        file.unlink()
    refused = opened(settings)
    assert "0 leaves" in refused.reason
    assert refused.field == "size"


def test_another_journal_in_its_place_is_not_taken_for_it(settings: Settings, tmp_path: Path) -> None:
    other = Settings(home=tmp_path / "other")
    kernel = Kernel.open(other)
    assert isinstance(kernel, Kernel)
    kernel.register(contract_year.terms(), Recorder("user:2", "/elsewhere"))
    kernel.close()
    shutil.copy(other.home / "journal.sqlite", settings.home / "journal.sqlite")
    assert opened(settings).field == "size"


def test_somebody_elses_keys_do_not_open_it(settings: Settings, tmp_path: Path) -> None:
    other = Settings(home=tmp_path / "other")
    contract_year.tell(other).close()
    shutil.rmtree(settings.home / "keys")
    shutil.copytree(other.home / "keys", settings.home / "keys")
    assert "checkpoint" in opened(settings).reason


def test_it_can_still_be_opened_to_find_out_more(settings: Settings) -> None:
    raw = (settings.home / "journal.sqlite").read_bytes()
    (settings.home / "journal.sqlite").write_bytes(raw.replace(b'"amount":"958397.20"', b'"amount":"858397.20"'))
    kernel = Kernel.open(settings, checked=False)
    assert isinstance(kernel, Kernel)
    assert kernel.journal.head().size > 0
    kernel.close()
