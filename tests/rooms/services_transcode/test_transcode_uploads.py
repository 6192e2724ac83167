"""Films handed in: how they come in pieces, and how long they stay when no job uses them."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from films import Films
from transcode_cast import Moved, desk_at, ended, place_at, submitted, uploaded, working

from yunyue.answer import Refused
from yunyue.services.transcode.desk import Asked, AskedFile, Desk
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.objects.store import Objects, digest_of
from yunyue.services.transcode.uploads import DAY_MS, LIFE_MS, MOST_OPEN, Upload, Uploads

DAYS = 30


@pytest.fixture
def desk(tmp_path: Path, clock: Moved) -> Desk:
    return desk_at(place_at(tmp_path / "place", clock=clock, upload_days=DAYS), tmp_path)


def opened(desk: Desk, size: int = 4, digest: str = "", label: str = "a.mp4") -> Upload:
    made = desk.uploads.open(label, size, digest)
    assert isinstance(made, Upload), made
    return made


def small(desk: Desk) -> str:
    """An upload of four bytes that has arrived."""
    made = opened(desk)
    done = desk.uploads.append(made.id, 0, b"film")
    assert isinstance(done, Upload)
    assert done.source is not None
    return made.id


def expired(desk: Desk) -> int:
    """What the housekeeper does, for everybody."""
    return Uploads(desk.place, "").expire()


def test_a_film_nobody_used_goes_when_its_days_are_over(desk: Desk, clock: Moved) -> None:
    upload = small(desk)
    source = desk.uploads.finished(upload)
    assert not isinstance(source, Refused)
    clock.at += DAYS * DAY_MS
    assert expired(desk) == 0
    clock.at += 1
    assert expired(desk) == 1
    assert isinstance(desk.uploads.find(upload), Refused)
    assert desk.place.objects.size(source.path) is None
    assert list((desk.place.folder / "uploads").glob("*.json")) == []


def test_a_film_a_job_waits_for_stays_however_long_that_takes(desk: Desk, clock: Moved, films: Films) -> None:
    submitted(desk, films.path("plain"))
    clock.at += 10 * DAYS * DAY_MS
    assert expired(desk) == 0


def test_the_days_begin_anew_when_a_job_that_used_a_film_ends(desk: Desk, clock: Moved, films: Films) -> None:
    upload = uploaded(desk, films.path("plain"))
    clock.at += (DAYS - 1) * DAY_MS
    job = desk.submit(Asked(upload=upload, template="remux-mp4"))
    assert isinstance(job, Job)
    with working(desk.place):
        assert ended(desk, job.id).state == "done"
    clock.at += (DAYS - 1) * DAY_MS
    assert expired(desk) == 0
    clock.at += 2 * DAY_MS
    assert expired(desk) == 1
    assert not isinstance(desk.result(job.id), Refused), "a result stays as long as its order says"


def test_a_watermark_counts_as_used_as_much_as_a_film(desk: Desk, clock: Moved, films: Films) -> None:
    film, mark = uploaded(desk, films.path("plain")), small(desk)
    asked = Asked(upload=film, files=(AskedFile("logo.png", "picture", mark),), template="mp4-720")
    assert isinstance(desk.submit(asked), Job)
    idle = small(desk)
    clock.at += DAYS * DAY_MS + 1
    assert expired(desk) == 1
    assert isinstance(desk.uploads.find(idle), Refused)
    assert not isinstance(desk.uploads.find(mark), Refused)


def test_no_days_mean_until_it_is_deleted(desk: Desk, clock: Moved) -> None:
    keeping = replace(desk, place=replace(desk.place, upload_days=0))
    upload = small(keeping)
    clock.at += 1000 * DAYS * DAY_MS
    assert expired(keeping) == 0
    assert keeping.uploads.delete(upload) is None


def test_every_departments_films_are_looked_at_and_each_keeps_its_own(desk: Desk, clock: Moved, tmp_path: Path) -> None:
    other = desk_at(desk.place, tmp_path, "second")
    small(desk)
    clock.at += DAY_MS
    theirs = small(other)
    clock.at += (DAYS - 1) * DAY_MS + 1
    assert expired(desk) == 1
    assert not isinstance(other.uploads.find(theirs), Refused)
    assert isinstance(desk.uploads.find(theirs), Refused)


def test_what_was_begun_and_never_finished_goes_after_a_week(desk: Desk, clock: Moved) -> None:
    made, kept = opened(desk), small(desk)
    clock.at += LIFE_MS
    assert desk.uploads.sweep() == 0
    clock.at += 1
    assert desk.uploads.sweep() == 1
    assert isinstance(desk.uploads.find(made.id), Refused)
    assert not isinstance(desk.uploads.find(kept), Refused)


def test_only_so_many_uploads_are_unfinished_at_once(desk: Desk) -> None:
    for _ in range(MOST_OPEN):
        opened(desk)
    refused = desk.uploads.open("a", 4)
    assert isinstance(refused, Refused)
    assert "unfinished" in refused.reason
    small_after_delete = desk.uploads.all()[0]
    assert desk.uploads.delete(small_after_delete.id) is None
    assert isinstance(desk.uploads.open("a", 4), Upload)


@pytest.mark.parametrize("digest", ["sha256:", "md5:" + "0" * 64, "sha256:" + "G" * 64, "0" * 64, "sha256:" + "0" * 63])
def test_a_digest_that_is_none_is_refused_before_a_byte_is_sent(desk: Desk, digest: str) -> None:
    refused = desk.uploads.open("a", 4, digest)
    assert isinstance(refused, Refused)
    assert refused.field == "digest"


def test_the_digest_is_checked_over_all_pieces(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"film")
    made = opened(desk, digest=digest_of(tmp_path / "film"))
    assert isinstance(desk.uploads.append(made.id, 0, b"fi"), Upload)
    assert isinstance(desk.uploads.append(made.id, 2, b"lm"), Upload)
    wrong = opened(desk, digest=digest_of(tmp_path / "film"))
    refused = desk.uploads.append(wrong.id, 0, b"milf")
    assert isinstance(refused, Refused)
    assert refused.field == "digest"
    assert isinstance(desk.uploads.find(wrong.id), Refused)


@pytest.mark.parametrize(
    ("offset", "piece", "field"), [(1, b"ilm", "offset"), (0, b"films", "size"), (4, b"", "offset")]
)
def test_a_piece_that_does_not_fit_changes_nothing(desk: Desk, offset: int, piece: bytes, field: str) -> None:
    made = opened(desk)
    refused = desk.uploads.append(made.id, offset, piece)
    assert isinstance(refused, Refused)
    assert refused.field == field
    found = desk.uploads.find(made.id)
    assert isinstance(found, Upload)
    assert found.offset == 0


def test_a_finished_upload_takes_no_more(desk: Desk) -> None:
    refused = desk.uploads.append(small(desk), 4, b"x")
    assert isinstance(refused, Refused)
    assert refused.reason == "the upload is finished"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "upload-é", ".json", "%2e%2e"])
def test_a_name_that_is_none_of_ours_finds_nothing(desk: Desk, name: str) -> None:
    assert isinstance(desk.uploads.find(name), Refused)
    assert isinstance(desk.uploads.append(name, 0, b"x"), Refused)
    assert isinstance(desk.uploads.delete(name), Refused)


@pytest.mark.parametrize(
    ("label", "shown"),
    [("C:\\films\\a.mp4", "a.mp4"), ("../../etc/passwd", "passwd"), ("a\x1b[31m\n.mp4", "a[31m.mp4"), ("/", "film")],
)
def test_a_label_is_the_last_part_of_a_name_and_acts_on_nothing(desk: Desk, label: str, shown: str) -> None:
    assert opened(desk, label=label).label == shown


def test_a_film_that_a_job_still_needs_is_not_deleted(desk: Desk, films: Films) -> None:
    job = submitted(desk, films.path("plain"))
    (upload,) = desk.uploads.all()
    refused = desk.uploads.delete(upload.id)
    assert isinstance(refused, Refused)
    assert "cancel it first" in refused.reason
    desk.cancel(job.id)
    assert desk.uploads.delete(upload.id) is None


def test_the_last_piece_sent_twice_at_once_is_taken_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that gave up waiting and sent it again, while the first one was being put among the objects."""
    made = desk.uploads.open("a", 4)
    assert isinstance(made, Upload)
    put = Objects.put
    second: list[Upload | Refused] = []
    waiting: list[Thread] = []

    def slowly(self: Objects, name: str, path: Path) -> None:
        monkeypatch.setattr(Objects, "put", put)
        late = Thread(target=lambda: second.append(desk.uploads.append(made.id, 0, b"four")))
        late.start()
        late.join(0.2)
        assert late.is_alive(), "it waits for the first"
        put(self, name, path)
        waiting.append(late)

    monkeypatch.setattr(Objects, "put", slowly)
    first = desk.uploads.append(made.id, 0, b"film")
    waiting[0].join()
    assert isinstance(first, Upload)
    assert second == [Refused("the upload is finished", "upload", "C37")]
    assert first.source is not None
    assert desk.place.objects.read(first.source.path) == b"film"


def test_what_is_half_written_about_an_upload_stops_no_other(desk: Desk) -> None:
    kept = small(desk)
    (desk.place.folder / "uploads" / "upload-broken.json").write_bytes(b"")
    assert [one.id for one in desk.uploads.all()] == [kept]
    assert desk.uploads.sweep() == 0


def test_nothing_of_an_upload_is_left_once_it_is_gone(desk: Desk) -> None:
    given_up = opened(desk)
    desk.uploads.append(given_up.id, 0, b"x")
    assert desk.uploads.delete(given_up.id) is None
    assert desk.uploads.delete(small(desk)) is None
    assert list((desk.place.folder / "uploads").iterdir()) == []
