"""The object store is one setting: a folder or any S3; what is wrong with it is said by name."""

from pathlib import Path

import pytest
from obstore.exceptions import PermissionDeniedError
from obstore.store import LocalStore, S3Store
from seaweed import Seaweed

from yunyue.answer import Refused
from yunyue.host.buckets import bucket
from yunyue.host.settings import Settings, read


@pytest.fixture
def keys(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Seaweed:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", seaweed.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", seaweed.secret)
    return seaweed


def test_without_the_setting_nothing_leaves_the_home_folder() -> None:
    assert bucket("folder") is None


def test_a_folder_is_a_store_and_is_made(tmp_path: Path) -> None:
    store = bucket(str(tmp_path / "a" / "b"))
    assert isinstance(store, LocalStore)
    store.put("one", b"1", mode="create")
    assert (tmp_path / "a" / "b" / "one").read_bytes() == b"1"


def test_s3_takes_what_is_put_under_its_prefix(keys: Seaweed) -> None:
    name = keys.bucket()
    store = bucket(keys.address(name, "deep/er"))
    assert isinstance(store, S3Store)
    store.put("one", b"1", mode="create")
    assert bytes(keys.store(name).get("deep/er/one").bytes()) == b"1"


def test_wrong_keys_open_nothing(keys: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    store = bucket(keys.address(keys.bucket()))
    assert isinstance(store, S3Store)
    with pytest.raises(PermissionDeniedError):
        store.put("one", b"1")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("s3://a-bucket?endpoint=ftp://x", "neither https:// nor http://"),
        ("s3://a-bucket?secret=x", "no secret"),
        ("/proc/none/such", "cannot be made"),
    ],
)
def test_what_is_wrong_is_said(keys: Seaweed, setting: str, said: str) -> None:
    refused = bucket(setting)
    assert isinstance(refused, Refused)
    assert said in refused.reason
    assert refused.field == "objects"


def test_missing_keys_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    refused = bucket("s3://a-bucket")
    assert isinstance(refused, Refused)
    assert refused.reason.endswith("set AWS_SECRET_ACCESS_KEY")


@pytest.mark.parametrize("setting", ["s3://", "s3://UPPER", "gs://x", "relative/folder", "s3://a b", ""])
def test_the_shape_is_checked_before_anything_is_opened(setting: str, tmp_path: Path) -> None:
    refused = read({"YUNYUE_HOME": str(tmp_path), "YUNYUE_OBJECTS": setting})
    assert isinstance(refused, Refused)
    assert refused.field == "YUNYUE_OBJECTS"


@pytest.mark.parametrize(("months", "kept"), [("6", 6), ("1200", 1200), ("5", None), ("0", None)])
def test_samples_are_kept_six_months_at_least(months: str, kept: int | None, tmp_path: Path) -> None:
    found = read({"YUNYUE_HOME": str(tmp_path), "YUNYUE_KEEP_MONTHS": months})
    assert (found.keep_months if isinstance(found, Settings) else None) == kept
