"""How a step can end: a shell stands in for the engine, in the real sandbox, and does what engines sometimes do."""

from fractions import Fraction
from pathlib import Path
from threading import Event

import pytest
from films import engines

from yunyue.services.transcode.engine import perform as performing
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.outcome import Cancelled, Failed, Progress
from yunyue.services.transcode.engine.perform import Bench, Done, _Hearing, limits_for, perform
from yunyue.services.transcode.jobs.retry import after
from yunyue.services.transcode.plan import Plan, Step

BASH = Path("/bin/bash")
HANGS = "echo out_time_us=500000; (kill -STOP $BASHPID) & wait"


def ended(place: Path, script: str, told: list[Progress] | None = None) -> Done | Failed | Cancelled:
    """A plan of one step of one second."""
    step = Step("encode", "ffmpeg", ("-c", script), seconds=Fraction(1))
    bench = Bench(place, {}, Binaries(BASH, engines().ffprobe, engines().packager))
    return perform(Plan((step,), (), Fraction(1)), bench, (told if told is not None else []).append, Event())


def test_an_engine_that_stands_still_is_ended_and_tried_once_more(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performing, "IDLE_SECONDS", 1)
    told: list[Progress] = []
    failed = ended(place, HANGS, told)
    assert failed == Failed("engine", "encode: the engine stood still for a minute")
    assert told[-1].share == 0.5
    again = after(failed, 1)
    assert again is not None
    assert again.threads == 1
    assert after(failed, 2) is None


def test_every_step_of_every_film_may_stand_still_for_a_minute_and_no_longer() -> None:
    for seconds in (0, 1, 3600, 43_200):
        assert limits_for(Fraction(seconds)).idle == 60
        assert 600 <= limits_for(Fraction(seconds)).wall <= 600 + 60 * seconds


def test_an_engine_that_crashes_is_told_by_its_signal(place: Path) -> None:
    assert ended(place, "kill -SEGV $$") == Failed("engine", "encode: the engine crashed with signal 11")


def test_what_an_engine_says_of_a_film_is_the_reason(place: Path) -> None:
    said = "echo '[mov @ 0x55d0] moov atom not found in /in/film' >&2; exit 1"
    assert ended(place, said) == Failed("input", "encode: moov atom not found in the file")


def test_a_full_disk_is_no_fault_of_the_film(place: Path) -> None:
    failed = ended(place, "echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1")
    assert failed == Failed("infrastructure", "encode: the disk is full")


def test_an_exit_that_says_nothing_is_still_a_failure(place: Path) -> None:
    assert ended(place, "exit 9") == Failed("input", "encode: it said nothing")


def test_progress_that_is_no_number_is_passed_over(place: Path) -> None:
    told: list[Progress] = []
    done = ended(place, "echo speed=N/A; echo out_time_us=N/A; echo out_time_us=2000000; echo progress=end", told)
    assert isinstance(done, Done)
    assert [one.share for one in told] == [0.0, 0.0, 1.0]


def test_a_step_that_is_asked_to_stop_is_cancelled(place: Path) -> None:
    stop = Event()
    step = Step("encode", "ffmpeg", ("-c", HANGS), seconds=Fraction(1))
    bench = Bench(place, {}, Binaries(BASH, engines().ffprobe, engines().packager))

    def told(progress: Progress) -> None:
        if progress.share:
            stop.set()

    assert perform(Plan((step,), (), Fraction(1)), bench, told, stop) == Cancelled()


def test_progress_never_runs_back_whichever_output_the_engine_tells_of() -> None:
    told: list[Progress] = []
    heard = _Hearing(Step("encode", "ffmpeg", (), seconds=Fraction(10)), told.append, 0.5, 0.25)
    for line in ("out_time_us=4000000", "out_time_us=N/A", "speed=2.5x", "out_time_us=2000000", "out_time_us=99000000"):
        heard.hear(line)
    assert [one.share for one in told] == [0.5, 0.6, 0.6, 0.6, 0.75]
    assert [one.speed for one in told] == [0, 0, 0, 2.5, 2.5]
