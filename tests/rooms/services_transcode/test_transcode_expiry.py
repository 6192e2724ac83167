"""Results go when their days are over, each by its own order's rule."""

from pathlib import Path

import pytest
from transcode_cast import Moved, place_at

from yunyue.services.transcode.jobs.job import Job, Request, Source
from yunyue.services.transcode.jobs.leases import Leases, Made
from yunyue.services.transcode.objects import expiry
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.templates import Template

FILM = Source("tenants/bureau/upload-1", "sha256:" + "0" * 64, 1000)
DAY = 86_400_000


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place_at(tmp_path / "place")


def done(here: Place, tmp_path: Path, days: int) -> Job:
    """A job whose result, a file, is kept for so many days."""
    asked = Request(label="film.mp4", source=FILM, template=Template(name="t"), expires_days=days)
    job = here.queue.submit("order", "bureau", asked)
    assert isinstance(job, Job)
    leases = Leases(here.queue)
    held = leases.claim("worker")
    assert held is not None
    (tmp_path / "file").write_bytes(b"film")
    here.objects.put(f"results/{job.id}/film.mp4", tmp_path / "file")
    assert leases.done(held.task, Made(f"results/{job.id}", 1000, ()))
    return job


def later(here: Place, milliseconds: int) -> None:
    assert isinstance(here.queue.now, Moved)
    here.queue.now.at += milliseconds


def test_results_kept_for_ever_hide_no_other(here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With as many of them as are looked at together, nobody's results went any more."""
    monkeypatch.setattr(expiry, "AT_ONCE", 2)
    kept = [done(here, tmp_path, 0) for _ in range(3)]
    gone = [done(here, tmp_path, 1) for _ in range(3)]
    later(here, 3 * DAY)
    assert expiry.expire(here) == 3
    left = {name.split("/")[1] for name in here.objects.names("results/")}
    assert left == {one.id for one in kept}
    assert all(found is not None and not found.result for found in map(here.queue.anyones, (one.id for one in gone)))
    assert expiry.expire(here) == 0


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_result_stays_to_the_end_of_its_last_day(here: Place, tmp_path: Path, days: int) -> None:
    done(here, tmp_path, days)
    later(here, days * DAY - 1)
    assert expiry.expire(here) == 0
    later(here, 2)
    assert expiry.expire(here) == 1


def test_the_record_and_the_bill_stay(here: Place, tmp_path: Path) -> None:
    job = done(here, tmp_path, 1)
    later(here, 9 * DAY)
    expiry.expire(here)
    found = here.queue.anyones(job.id)
    assert found is not None
    assert (found.state, found.seconds, found.result) == ("done", 1000, "")
