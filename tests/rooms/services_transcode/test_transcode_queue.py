"""The queue of jobs, on SQLite and on PostgreSQL: order, limits, leases, retries, and who may finish what."""

from itertools import pairwise
from pathlib import Path

import pytest
from queue_cast import DONE, FILM, HALF, claim, request, state, submit
from transcode_cast import Moved

from yunyue.answer import Refused
from yunyue.services.transcode.engine.outcome import Failed
from yunyue.services.transcode.jobs import queue as queue_room
from yunyue.services.transcode.jobs.database import SqliteDatabase, open_database
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.job import Brought, Job, Source
from yunyue.services.transcode.jobs.leases import LEASE_MS, Leases, Piece
from yunyue.services.transcode.jobs.queue import Queue, fingerprint
from yunyue.services.transcode.jobs.retry import PAUSES_MS, Again, after
from yunyue.services.transcode.templates import Template
from yunyue.services.transcode.turnaround import turnarounds


class TestAsking:
    def test_a_job_is_found_as_it_was_asked_for(self, queue: Queue) -> None:
        job = submit(queue, label="片子.mp4", priority=7)
        assert state(queue, job.id) == job
        assert (job.state, job.request.label, job.priority) == ("queued", "片子.mp4", 7)

    def test_another_tenant_does_not_see_it(self, queue: Queue) -> None:
        job = submit(queue)
        assert isinstance(queue.find("others", job.id), Refused)
        assert queue.listed("others") == ()
        assert isinstance(queue.cancel("others", job.id), Refused)

    def test_jobs_are_listed_newest_first_page_by_page(self, queue: Queue, clock: Moved) -> None:
        made = []
        for _ in range(5):
            clock.at += 1
            made.append(submit(queue).id)
        first = [one.id for one in queue.listed("bureau", limit=3)]
        assert first == made[::-1][:3]
        assert [one.id for one in queue.listed("bureau", before=first[-1])] == made[::-1][3:]
        assert queue.listed("bureau", "done") == ()

    def test_too_many_waiting_jobs_are_refused(self, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queue_room, "MOST_QUEUED", 2)
        submit(queue)
        submit(queue)
        refused = queue.submit("order-bureau", "bureau", request())
        assert isinstance(refused, Refused)
        submit(queue, "others")

    def test_what_another_version_wrote_is_not_touched(self, tmp_path: Path) -> None:
        database = SqliteDatabase(tmp_path / "jobs.sqlite")
        with database.transaction() as hand:
            hand.run("UPDATE about SET version = 99")
        with pytest.raises(QueueBroken, match="version 99"):
            SqliteDatabase(tmp_path / "jobs.sqlite")

    def test_a_database_that_is_not_there_is_a_broken_promise(self, tmp_path: Path) -> None:
        with pytest.raises(QueueBroken):
            open_database("postgresql://nobody@127.0.0.1:1/none", tmp_path, "c")

    def test_a_transaction_that_fails_changes_nothing(self, queue: Queue) -> None:
        job = submit(queue)

        def half_wrong() -> None:
            with queue.database.transaction() as hand:
                hand.run("DELETE FROM jobs")
                hand.run("SELECT nonsense FROM nowhere")

        with pytest.raises(QueueBroken):
            half_wrong()
        assert state(queue, job.id) == job


class TestTaking:
    def test_a_films_sound_comes_before_its_chunks(self, queue: Queue, leases: Leases) -> None:
        submit(queue, at_once=9)
        chunks = [Piece("chunk", number, "", 0.3) for number in range(3)]
        assert leases.split(claim(leases).task, [*chunks, Piece("sound", 3, "", 0.1)], 60_000)
        claimed = [claim(leases, f"worker-{number}").task for number in range(4)]
        assert [(one.kind, one.number) for one in claimed] == [("sound", 3), ("chunk", 0), ("chunk", 1), ("chunk", 2)]

    def test_the_oldest_job_comes_first_unless_another_is_more_urgent(
        self, queue: Queue, leases: Leases, clock: Moved
    ) -> None:
        jobs = []
        for priority in (5, 5, 9):
            clock.at += 1
            jobs.append(submit(queue, priority=priority, at_once=9).id)
        assert [claim(leases).job.id for _ in range(3)] == [jobs[2], jobs[0], jobs[1]]

    def test_one_task_is_never_given_to_two(self, queue: Queue, leases: Leases) -> None:
        submit(queue)
        claim(leases, "one")
        assert leases.claim("two") is None

    def test_a_tenants_limit_holds_back_its_jobs_and_nobody_elses(
        self, queue: Queue, leases: Leases, clock: Moved
    ) -> None:
        for _ in range(3):
            clock.at += 1
            submit(queue, at_once=2)
        clock.at += 1
        other = submit(queue, "others", at_once=1)
        taken = [claim(leases) for _ in range(3)]
        assert taken[2].job.id == other.id
        assert leases.claim("w") is None
        leases.done(taken[0].task, DONE)
        assert claim(leases).job.tenant == "bureau"

    def test_a_running_job_tells_how_far_it_is_and_how_long_it_will_take(
        self, queue: Queue, leases: Leases, clock: Moved
    ) -> None:
        job = submit(queue)
        held = claim(leases)
        clock.at += 10_000
        assert leases.beat(held.task, HALF)
        found = state(queue, job.id)
        assert (found.state, found.share, found.speed, found.doing) == ("running", 0.5, 2.0, "encode")
        assert found.seconds_left(clock.at) == 10

    def test_a_worker_that_ends_gives_its_task_back_without_a_try_lost(self, queue: Queue, leases: Leases) -> None:
        submit(queue)
        first = claim(leases)
        leases.given_back(first.task)
        assert claim(leases).task.tries == first.task.tries


class TestFinishing:
    def test_a_finished_job_is_metered_once(self, queue: Queue, leases: Leases) -> None:
        job = submit(queue)
        held = claim(leases)
        assert leases.done(held.task, DONE)
        assert not leases.done(held.task, DONE)
        found = state(queue, job.id)
        assert (found.state, found.share, found.result, found.seconds) == ("done", 1.0, "results/job", 60_000)
        with queue.database.transaction() as hand:
            assert hand.run("SELECT meter, milliseconds FROM made") == [("transcode.h264-720-minute", 60_000)]

    def test_the_task_of_a_lost_worker_goes_to_another_and_the_lost_one_cannot_finish_it(
        self, queue: Queue, leases: Leases, clock: Moved
    ) -> None:
        job = submit(queue)
        lost = claim(leases, "lost")
        clock.at += LEASE_MS + 1
        assert leases.claim("other") is None, "the pause of the first try is not over"
        clock.at += PAUSES_MS[0]
        other = claim(leases, "other")
        assert other.task.tries == 2
        assert not leases.beat(lost.task, HALF)
        assert not leases.done(lost.task, DONE)
        assert leases.done(other.task, DONE)
        assert state(queue, job.id).state == "done"

    def test_a_beating_worker_keeps_its_task(self, queue: Queue, leases: Leases, clock: Moved) -> None:
        submit(queue)
        held = claim(leases)
        for _ in range(5):
            clock.at += LEASE_MS - 1
            assert leases.beat(held.task, HALF)
            assert leases.claim("other") is None

    def test_a_worker_that_is_lost_again_and_again_fails_the_job_as_ours(
        self, queue: Queue, leases: Leases, clock: Moved
    ) -> None:
        job = submit(queue)
        for _ in range(len(PAUSES_MS) + 1):
            claim(leases)
            clock.at += LEASE_MS + 1
            leases.claim("nobody")
            clock.at += PAUSES_MS[-1] + 1
        assert leases.claim("w") is None
        found = state(queue, job.id)
        assert (found.state, found.kind) == ("failed", "infrastructure")

    @pytest.mark.parametrize("kind", ["input", "limit"])
    def test_a_failure_of_the_film_is_final(self, queue: Queue, leases: Leases, kind: str) -> None:
        job = submit(queue)
        assert leases.failed(claim(leases).task, Failed(kind, "why"))  # type: ignore[arg-type] # a class by name
        found = state(queue, job.id)
        assert (found.state, found.kind, found.reason) == ("failed", kind, "why")

    def test_a_crash_of_the_engine_is_tried_once_more_with_one_thread(self, queue: Queue, leases: Leases) -> None:
        job = submit(queue)
        assert not leases.failed(claim(leases).task, Failed("engine", "crashed"))
        again = claim(leases)
        assert (again.task.threads, again.task.tries) == (1, 2)
        assert leases.failed(again.task, Failed("engine", "crashed"))
        assert state(queue, job.id).state == "failed"

    def test_failed_jobs_are_free_and_only_ours_count_against_success(self, queue: Queue, leases: Leases) -> None:
        for kind in ("input", "limit", "engine", "engine"):
            submit(queue, at_once=9)
            while (held := leases.claim("w")) is not None:
                leases.failed(held.task, Failed(kind, "why"))
        with queue.database.transaction() as hand:
            assert hand.run("SELECT count(*) FROM made") == [(0,)]
            assert (
                hand.run("SELECT indicator, ok, error FROM samples ORDER BY number") == [("success", 0, "engine")] * 2
            )

    def test_a_callback_waits_for_each_end(self, queue: Queue, leases: Leases) -> None:
        job = submit(queue, callback="https://tenant.example/hook")
        leases.done(claim(leases).task, DONE)
        with queue.database.transaction() as hand:
            assert hand.run("SELECT id, url, state FROM calls") == [
                (f"{job.id}/done", "https://tenant.example/hook", "waiting")
            ]

    def test_a_cancelled_job_and_a_reused_result_are_told_too(self, queue: Queue, leases: Leases) -> None:
        waiting = submit(queue, callback="https://tenant.example/hook")
        queue.cancel("bureau", waiting.id)
        first = submit(queue)
        leases.done(claim(leases).task, DONE)
        again = submit(queue, callback="https://tenant.example/hook", reuse=True)
        with queue.database.transaction() as hand:
            told = {row[0] for row in hand.run("SELECT id FROM calls")}
        assert told == {f"{waiting.id}/cancelled", f"{again.id}/done"}
        assert first.id != again.id


class TestReuse:
    def test_the_same_film_and_template_are_answered_from_the_earlier_result(
        self, queue: Queue, leases: Leases
    ) -> None:
        submit(queue)
        leases.done(claim(leases).task, DONE)
        again = submit(queue, reuse=True, label="another name")
        assert (again.state, again.result) == ("done", "results/job")
        assert leases.claim("w") is None

    def test_not_when_the_tenant_does_not_allow_it_nor_across_tenants(self, queue: Queue, leases: Leases) -> None:
        submit(queue)
        leases.done(claim(leases).task, DONE)
        assert submit(queue).state == "queued"
        assert submit(queue, "others", reuse=True).state == "queued"

    def test_the_fingerprint_follows_film_files_and_template_alone(self) -> None:
        base = fingerprint(request())
        assert (
            fingerprint(
                request(label="x", priority=9, callback="https://x", template=Template(name="other", version=4))
            )
            == base
        )
        assert fingerprint(request(source=Source("p", "sha256:" + "1" * 64, 1))) != base
        assert fingerprint(request(template=Template(name="t", segment_seconds=6))) != base
        assert fingerprint(request(files=(Brought("a", "picture", FILM),))) != base


class TestRetry:
    def test_infrastructure_three_times_with_longer_pauses(self) -> None:
        found = [after(Failed("infrastructure", ""), tries) for tries in range(1, 5)]
        assert [one.pause for one in found[:3] if isinstance(one, Again)] == list(PAUSES_MS)
        assert found[3] is None
        assert all(a < b for a, b in pairwise(PAUSES_MS))


class TestTurnaround:
    def finished(self, leases: Leases, clock: Moved, took: int, tenant: str = "bureau") -> Job:
        job = submit(leases.queue, tenant)
        held = leases.claim("worker")
        assert held is not None
        clock.at += took
        assert leases.done(held.task, DONE)
        return job

    def test_it_is_told_by_month_and_department(self, leases: Leases, clock: Moved) -> None:
        for took in (90_000, 300_000):
            self.finished(leases, clock, took)
        self.finished(leases, clock, 7_000, "office")
        (found,) = turnarounds(leases.queue, ("bureau",))
        assert (found.jobs, found.in_time) == (2, 1)
        assert (found.seconds, found.lengths, found.used) == (300, 5, 1.25)
        assert sum(one.jobs for one in turnarounds(leases.queue, ("bureau", "office"))) == 3
        assert turnarounds(leases.queue, ("nobody",)) == ()
        clock.at += 32 * 86_400_000
        self.finished(leases, clock, 60_000)
        assert [one.jobs for one in turnarounds(leases.queue, ("bureau",))] == [1, 2]
        assert [one.jobs for one in turnarounds(leases.queue, ("bureau",), 1)] == [1]

    def test_jobs_without_a_turnaround_are_left_out(self, leases: Leases, clock: Moved) -> None:
        job = submit(leases.queue)
        leases.queue.cancel("bureau", job.id)
        self.failed(leases)
        assert turnarounds(leases.queue, ("bureau",)) == ()
        self.finished(leases, clock, 5_000)
        with leases.queue.database.transaction() as hand:
            hand.run("UPDATE jobs SET fingerprint = ? WHERE state = 'done'", (fingerprint(request()),))
        again = submit(leases.queue, reuse=True)
        assert again.state == "done"
        assert [one.jobs for one in turnarounds(leases.queue, ("bureau",))] == [1]

    def failed(self, leases: Leases) -> None:
        submit(leases.queue)
        held = leases.claim("worker")
        assert held is not None
        assert leases.failed(held.task, Failed("input", "broken"))
