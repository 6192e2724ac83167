"""Instances on disk: replaced as a whole, changed by one at a time."""

from pathlib import Path
from threading import Thread

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.parameters import Probe

PROBE = Probe(kind="tcp", target="a.cn:22")


def instance(order: str = "o1") -> Instance:
    return Instance(order=order, tenant="bureau", probe=PROBE, state="running", made=1, since=1)


def test_what_was_added_is_found_by_another_reader(tmp_path: Path) -> None:
    Instances(tmp_path).add(instance())
    assert Instances(tmp_path).find("o1") == instance()


def test_an_id_with_any_character_is_only_an_id(tmp_path: Path) -> None:
    Instances(tmp_path).add(instance("a/../../b:c"))
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "instances"]
    assert Instances(tmp_path).find("a/../../b:c") == instance("a/../../b:c")


def test_a_change_shows_in_the_version(tmp_path: Path) -> None:
    instances = Instances(tmp_path)
    instances.add(instance())
    before = instances.version
    instances.change("o1", lambda found: msgspec.structs.replace(found, state="paused"))
    assert instances.version > before


def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    instances = Instances(tmp_path)
    instances.add(instance())
    assert instances.change("o1", lambda _found: Refused("no")) == Refused("no")
    assert instances.find("o1") == instance()


def test_changes_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    instances = Instances(tmp_path)
    instances.add(instance())

    def count() -> None:
        for _ in range(20):
            instances.change("o1", lambda found: msgspec.structs.replace(found, since=found.since + 1))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.since for one in instances.all()] == [81]


def test_a_file_left_half_written_by_a_crash_is_not_read(tmp_path: Path) -> None:
    instances = Instances(tmp_path)
    instances.add(instance())
    (tmp_path / "instances" / "0123.tmp").write_text("{")
    assert instances.all() == (instance(),)
