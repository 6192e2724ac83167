"""The quality report, and the search for the CRF of a wanted score."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from films import Films, ffmpeg
from hypothesis import given
from hypothesis import strategies as st
from transcode_cast import desk_at, ended, place_at, submitted, working
from workshop import MACHINE, media, template

from yunyue.services.transcode.engine.outcome import Cancelled, Failed
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.objects.manifest import Manifest
from yunyue.services.transcode.plan.work import work_of
from yunyue.services.transcode.quality.report import Quality, read_scores
from yunyue.services.transcode.quality.search import NEAR, PROBES, RANGE, sample_seconds, samples, search

CLEAR = {"renditions": [{"short_edge": 180}], "effort": "fast", "control": "crf"}


def report(films: Films, root: Path, video: dict[str, object], **over: object) -> tuple[Quality, ...]:
    above = 4 if over.pop("chunked", False) else 600
    place = place_at(root / "place", chunk_above=above, chunk_seconds=4)
    desk = desk_at(place, root)
    with working(place):
        job = ended(
            desk, submitted(desk, films.path("long"), overrides={"video": video, "quality_report": True, **over}).id
        )
    assert job.state == "done", job.reason
    found = desk.result(job.id)
    assert isinstance(found, Manifest)
    content = (place.folder / "objects" / found.folder / "quality.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[Quality, ...])


@pytest.fixture(scope="module")
def fine(films: Films, tmp_path_factory: pytest.TempPathFactory) -> tuple[Quality, ...]:
    """The report of a fine encoding."""
    return report(films, tmp_path_factory.mktemp("fine"), {**CLEAR, "crf": 16})


class TestReport:
    def test_a_finer_encoding_has_better_scores(self, films: Films, tmp_path: Path, fine: tuple[Quality, ...]) -> None:
        coarse = report(films, tmp_path, {**CLEAR, "crf": 40})[0].scores
        best = fine[0].scores
        assert best is not None
        assert coarse is not None
        assert best.vmaf > 90 > coarse.vmaf > coarse.vmaf_lowest
        assert best.psnr > coarse.psnr
        assert best.ssim > coarse.ssim
        assert len(best.over_time) == 12

    def test_bitrate_and_keyframes_are_told_second_by_second(self, fine: tuple[Quality, ...]) -> None:
        assert len(fine[0].kilobits) == 12
        assert min(fine[0].kilobits) > 0
        assert fine[0].key_distances == (50,) * 5

    def test_sound_has_its_loudness(self, fine: tuple[Quality, ...]) -> None:
        sound = fine[1]
        assert sound.kind == "audio"
        assert sound.loudness is not None
        assert sound.loudness["integrated"] == pytest.approx(-21.1, abs=1.5)

    def test_a_film_in_chunks_has_the_same_report(
        self, films: Films, tmp_path: Path, fine: tuple[Quality, ...]
    ) -> None:
        found = report(films, tmp_path, {**CLEAR, "crf": 16}, chunked=True)
        assert found[0].scores is not None
        assert fine[0].scores is not None
        assert found[0].scores.vmaf == pytest.approx(fine[0].scores.vmaf, abs=0.3)

    def test_no_scores_are_told_where_none_were_measured(self, tmp_path: Path) -> None:
        assert read_scores(tmp_path / "none.json", 25.0) is None


class TestSearch:
    @given(top=st.floats(92, 100), slope=st.floats(0.3, 3.0), bend=st.floats(0, 0.03), target=st.integers(70, 96))
    def test_it_comes_as_near_as_whole_numbers_allow(self, top: float, slope: float, bend: float, target: int) -> None:
        def score(crf: int) -> float:
            return top - slope * max(crf - 15, 0) - bend * max(crf - 15, 0) ** 2

        asked: list[int] = []

        def probe(crf: int) -> float:
            asked.append(crf)
            return score(crf)

        found = search(target, "h264", probe)
        assert isinstance(found, int)
        assert len(asked) <= 3
        low, high = RANGE["h264"]
        assert low <= found <= high
        if low < found < high and score(low) >= target:
            assert abs(score(found) - target) <= 2 * slope + 30 * bend + NEAR

    @pytest.mark.parametrize("ended_by", [Failed("engine", "x"), Cancelled()])
    def test_what_stops_a_probe_stops_the_search(self, ended_by: Failed | Cancelled) -> None:
        assert search(90, "h264", lambda _: ended_by) == ended_by

    @pytest.mark.parametrize(("seconds", "count"), [(2, 1), (30, 4), (1200, 8)])
    def test_samples_lie_evenly_from_the_beginning_to_the_end(self, films: Films, seconds: int, count: int) -> None:
        work = work_of(media(films.path("plain")), template(), (), MACHINE)
        work = replace(work, stretch=replace(work.stretch, seconds=Fraction(seconds)))
        found = samples(work)
        assert len(found) == count
        if count > 1:
            assert found[0] == 0
            assert found[-1] == seconds - sample_seconds(work)
            assert len({b - a for a, b in pairwise(found)}) == 1

    @given(seconds=st.integers(600, 43_200))
    def test_what_is_probed_of_a_long_film_is_a_small_part_of_it(self, seconds: int) -> None:
        """However often it is probed: less than a twelfth of the film is encoded, in its largest size alone."""
        media_ = Media("mp4", 1, Fraction(seconds), None)
        work = work_of(media_, template(), (), MACHINE)
        assert PROBES * len(samples(work)) * sample_seconds(work) <= seconds / 12

    def test_a_film_whose_score_hardly_moves_is_not_left_at_the_first_guess(self) -> None:
        """The usual slope led back to where the search stood, a point and more above what was wanted."""
        assert search(92, "h264", lambda crf: 93.25 - 0.3125 * (crf - 23)) == 27
        assert search(94, "h264", lambda crf: 93.25 - 0.3125 * (crf - 23)) == 20

    def test_the_whole_film_comes_near_the_wanted_score(self, films: Films, tmp_path: Path) -> None:
        source = tmp_path / "busy.mp4"
        ffmpeg(
            *("-f", "lavfi", "-i", "mandelbrot=s=320x180:r=25:end_scale=0.05,noise=alls=8:allf=t", "-t", "16"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", str(source)),
        )
        place = place_at(tmp_path / "place")
        desk = desk_at(place, tmp_path)
        video = {**CLEAR, "target_vmaf": 85}
        with working(place):
            job = ended(desk, submitted(desk, source, overrides={"video": video, "quality_report": True}).id)
        assert job.state == "done", job.reason
        found = desk.result(job.id)
        assert isinstance(found, Manifest)
        content = (place.folder / "objects" / found.folder / "quality.json").read_bytes()
        scores = msgspec.json.decode(content, type=tuple[Quality, ...])[0].scores
        assert scores is not None
        assert scores.vmaf == pytest.approx(85, abs=2.5)
