"""The five verbs and the work beside the doors: orders, pauses, bills, samples, house-keeping."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from films import Films
from services_cast import START, TestHost
from transcode_cast import desk_at, ended, place_at, submitted, working

from yunyue.answer import Refused
from yunyue.catalog import Order, Window
from yunyue.journal.facts import SampleWindow, ServiceDelivered, ServiceResumed, ServiceSuspended, UsageMetered
from yunyue.services.transcode import opening
from yunyue.services.transcode.desk import Asked, Desk
from yunyue.services.transcode.engine.verify import Kept
from yunyue.services.transcode.entry import ENTRY
from yunyue.services.transcode.jobs.database import SqliteDatabase
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.meters import METERS, billed, tier, video_meter
from yunyue.services.transcode.objects import Objects
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan import Promise
from yunyue.services.transcode.samples import Samples
from yunyue.services.transcode.service import Transcode
from yunyue.services.transcode.templates import Template, understand_template
from yunyue.services.transcode.templates.ours import OURS
from yunyue.services.transcode.templates.shelf import Shelf, changed

RATED = {"short_edge": 180, "kilobits": 300}
SECRET = {"output": "hls-ts", "encryption": {"scheme": "aes-128"}}
WINDOW = Window(START, START + timedelta(hours=1))
SERVICE = Transcode()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = place_at(tmp_path / "place")
    monkeypatch.setattr(opening, "_OPEN", {str(made.folder): made})
    return made


@pytest.fixture
def desk(here: Place, tmp_path: Path) -> Desk:
    return desk_at(here, tmp_path)


def host_of(desk: Desk) -> TestHost:
    assert isinstance(desk.host, TestHost)
    return desk.host


def order(**parameters: object) -> Order:
    return Order("order-bureau", "transcode", Decimal(1), "bureau", parameters)


class TestOrders:
    def test_other_parameters_for_the_same_order_are_refused(self, desk: Desk) -> None:
        assert SERVICE.provision(order(), desk.host) == (ServiceDelivered(order="order-bureau"),)
        assert isinstance(SERVICE.provision(order(at_once=9), desk.host), Refused)

    @pytest.mark.parametrize(
        ("parameters", "field"),
        [({"at_once": 0}, "at_once"), ({"callback": "ftp://x"}, "callback"), ({"expires_days": -1}, "expires_days")],
    )
    def test_a_wrong_parameter_is_named(self, desk: Desk, parameters: dict[str, object], field: str) -> None:
        refused = SERVICE.provision(Order("o2", "transcode", Decimal(1), "bureau", parameters), desk.host)
        assert isinstance(refused, Refused)
        assert refused.field == f"parameters.{field}"

    def test_a_paused_order_takes_no_jobs_until_it_is_resumed(self, desk: Desk, films: Films) -> None:
        assert SERVICE.operate("order-bureau", "pause", desk.host) == (
            ServiceSuspended(order="order-bureau", ground="client_request"),
        )
        assert isinstance(SERVICE.operate("order-bureau", "pause", desk.host), Refused)
        refused = desk.submit(Asked(upload="x"))
        assert isinstance(refused, Refused)
        assert "paused" in refused.reason
        assert SERVICE.operate("order-bureau", "resume", desk.host) == (ServiceResumed(order="order-bureau"),)
        submitted(desk, films.path("plain"))

    def test_without_an_order_nothing_is_taken(self, desk: Desk) -> None:
        refused = Desk(desk.place, desk.host, "strangers").submit(Asked(upload="x"))
        assert isinstance(refused, Refused)
        assert "order" in refused.reason

    def test_retiring_cancels_what_waits(self, desk: Desk, films: Films) -> None:
        job = submitted(desk, films.path("plain"))
        SERVICE.retire("order-bureau", desk.host)
        assert ended(desk, job.id).state == "cancelled"
        assert isinstance(desk.submit(Asked(upload="x")), Refused)


class TestBills:
    def test_minutes_by_codec_and_short_edge_within_the_window(self, desk: Desk, films: Films) -> None:
        with working(desk.place):
            ended(desk, submitted(desk, films.path("long")).id)
        found = SERVICE.meter("order-bureau", WINDOW, desk.host)
        assert not isinstance(found, Refused)
        used = {one.meter: one.quantity for one in found if isinstance(one, UsageMetered)}
        assert used["transcode.h264-720-minute"] == Decimal("0.4"), "two renditions of twelve seconds"
        assert sum(used.values()) == Decimal("0.4")
        later = SERVICE.meter("order-bureau", Window(WINDOW.end, WINDOW.end + timedelta(hours=1)), desk.host)
        assert not isinstance(later, Refused)
        assert all(one.quantity == 0 for one in later if isinstance(one, UsageMetered))

    @pytest.mark.parametrize(
        ("edge", "wanted"), [(90, 720), (720, 720), (722, 1080), (1080, 1080), (1440, 1440), (2160, 2160), (4320, 2160)]
    )
    def test_a_tier_reaches_up_to_its_short_edge(self, edge: int, wanted: int) -> None:
        assert tier(edge) == wanted

    def test_sound_beside_a_picture_is_free_and_sound_alone_is_not(self) -> None:

        sound = Kept(Promise("a", "audio", "a", "aac", Fraction(60)), 1, Fraction(60), 1, ())
        picture = Kept(
            Promise("v", "video", "v", "h265", Fraction(60), width=1920, height=1080), 1, Fraction(60), 1, ()
        )
        assert billed((picture, sound), "hls-dash") == ((video_meter("h265", 1080), 60_000),)
        assert billed((sound,), "audio") == (("transcode.audio-minute", 60_000),)
        assert billed((picture,), "remux") == (("transcode.remux-minute", 60_000),)
        assert billed((), "pictures") == ()

    def test_every_meter_that_can_be_billed_is_in_the_catalogue(self) -> None:
        codes = {one.code for one in METERS}
        assert {
            video_meter(codec, edge) for codec in ("h264", "h265", "av1") for edge in (1, 1080, 1440, 9999)
        } <= codes


class TestSamples:
    def test_ends_of_jobs_and_attempts_become_windows(self, desk: Desk, films: Films) -> None:
        host = host_of(desk)
        host.agreed = ENTRY.objectives
        with working(desk.place):
            ended(desk, submitted(desk, films.path("plain")).id)
        samples = Samples(host, desk.place)
        samples.attempt(["order-bureau"])
        assert samples.jobs("order-bureau") == 2
        assert samples.jobs("order-bureau") == 0
        host.seal()
        found = SERVICE.indicate("order-bureau", WINDOW, host)
        assert not isinstance(found, Refused)
        windows = [one for one in found if isinstance(one, SampleWindow) and one.total]
        assert {one.objective: (one.total, one.good) for one in windows} == {
            "transcode-buckets": (1, 1),
            "transcode-success": (1, 1),
            "transcode-turnaround": (1, 1),
        }

    def test_samples_of_later_jobs_follow_in_number(self, desk: Desk, films: Films) -> None:
        samples = Samples(host_of(desk), desk.place)
        with working(desk.place):
            for _ in range(2):
                ended(desk, submitted(desk, films.path("plain"), template="remux-mp4").id)
                assert samples.jobs("order-bureau") == 2

    def test_a_queue_that_is_away_is_a_bad_attempt(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(self: SqliteDatabase) -> object:
            raise QueueBroken("gone")

        host = host_of(desk)
        monkeypatch.setattr(SqliteDatabase, "transaction", away)
        Samples(host, desk.place).attempt(["order-bureau"])
        (sample,) = host.series.recent("order-bureau", 5)
        assert (sample.ok, sample.error) == (False, "queue")

    def test_objects_that_are_away_are_a_bad_attempt(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(self: Objects, name: str) -> int:
            raise OSError("gone")

        host = host_of(desk)
        monkeypatch.setattr(Objects, "size", away)
        Samples(host, desk.place).attempt(["order-bureau"])
        assert host.series.recent("order-bureau", 5)[0].error == "objects"


class TestWork:
    def test_the_service_works_by_itself_until_cancelled(self, desk: Desk, films: Films) -> None:
        job = submitted(desk, films.path("plain"), template="remux-mp4")

        async def run() -> None:
            task = asyncio.create_task(SERVICE.work(desk.host))
            await asyncio.to_thread(ended, desk, job.id)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(run())
        found = desk.job(job.id)
        assert not isinstance(found, Refused)
        assert found.state == "done"


class TestTemplates:
    @pytest.mark.parametrize("template", OURS, ids=lambda one: one.name)
    def test_ours_hold_what_they_demand_of_others(self, template: Template) -> None:
        assert understand_template(msgspec.to_builtins(template)) == template

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": "Ä"}, "template.name"),
            ({"name": "x", "segment_seconds": 5}, "template.segment_seconds"),
            ({"name": "x", "clip": {"start_ms": 5, "end_ms": 5}}, "template.clip.end_ms"),
            ({"name": "x", "edit": {"crop": {"left": 600, "right": 600}}}, "template.edit.crop"),
            ({"name": "x", "encryption": {"scheme": "aes-128"}}, "template.encryption.scheme"),
            ({"name": "x", "output": "hls-ts", "video": {"codec": "av1"}}, "template.video.codec"),
            ({"name": "x", "output": "hls-ts", "audio": {"codec": "opus"}}, "template.audio.codec"),
            ({"name": "x", "output": "audio", "audio": {"codec": "none"}}, "template.audio.codec"),
            ({"name": "x", "video": {"control": "two_pass"}}, "template.video.renditions"),
            (
                {"name": "x", "video": {"control": "two_pass", "codec": "av1", "renditions": [RATED]}},
                "template.video.control",
            ),
            ({"name": "x", "output": "mp4", "subtitles": {"mode": "webvtt"}}, "template.subtitles.mode"),
            ({"name": "x", **SECRET, "subtitles": {"mode": "webvtt"}}, "template.subtitles.mode"),
            ({"name": "x", **SECRET, "audio": {"tracks": "all"}}, "template.audio.tracks"),
            ({"name": "x", "output": "remux", "watermarks": [{"text": "x"}]}, "template.output"),
            ({"name": "x", "output": "remux", "edit": {"rotate": 90}}, "template.output"),
            ({"name": "x", "output": "pictures"}, "template.pictures"),
            ({"name": "x", "watermarks": [{}]}, "template.watermarks"),
            (
                {"name": "x", "video": {"renditions": [{"short_edge": 180}, {"short_edge": 180}]}},
                "template.video.renditions",
            ),
            ({"name": "x", "surprise": 1}, "template.surprise"),
            ({}, "template"),
        ],
    )
    def test_what_does_not_fit_is_named_by_field(self, values: dict[str, object], field: str) -> None:
        refused = understand_template(values)
        assert isinstance(refused, Refused), refused
        # Of values that no field may have, the reader of JSON names the whole.
        assert refused.field == field or (refused.field == "template" and field in ("template.surprise", "template"))
        assert refused.clause == "C37"

    def test_two_passes_of_av1_are_refused_with_the_reason_and_what_to_choose(self) -> None:
        asked = {"name": "x", "video": {"control": "two_pass", "codec": "av1", "renditions": [RATED]}}
        refused = understand_template(asked)
        assert isinstance(refused, Refused)
        assert "its encoder takes no second pass" in refused.reason
        assert "capped_crf" in refused.reason

    def test_overrides_reach_deep_and_are_checked(self) -> None:
        ladder = OURS[0]
        found = changed(ladder, {"video": {"crf": 30}})
        assert isinstance(found, Template)
        assert (found.video.crf, found.video.renditions) == (30, ladder.video.renditions)
        assert isinstance(changed(ladder, {"video": {"crf": 99}}), Refused)

    def test_a_tenant_keeps_at_most_so_many_versions(self, here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("yunyue.services.transcode.templates.shelf.MOST", 1)
        shelf = Shelf(here.queue.database, here.queue.now, "bureau")
        assert isinstance(shelf.put({"name": "mine"}), Template)
        assert isinstance(shelf.put({"name": "mine"}), Refused)
        assert isinstance(shelf.retire("none"), Refused)
        assert len(shelf.versions("mine")) == 1
