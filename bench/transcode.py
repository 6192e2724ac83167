"""What our transcoding costs beside the best ffmpeg command a person would write, on the same film in the same run.

Run: .venv/bin/python bench/transcode.py [SECONDS] [--short] [--once]. SECONDS is the length of the film in 1280x720
(default 60); the figures about long films are of one of ten minutes in 480x270, which --short leaves out; --once
measures one round of three. Some eleven minutes on two quiet cores.

Processor time is what the kernel counts for children, ours with all of packaging,
validation, digests, queue and progress. The film is made here: moving patterns with noise at 1280x720, since a still
picture would flatter everybody.
"""

import functools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "engines"))

from films import engines, ffmpeg
from transcode_cast import Moved, desk_at, place_at

from yunyue.answer import Refused
from yunyue.host.sandbox import running
from yunyue.services.transcode.desk import Asked, Desk
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.jobs import whole
from yunyue.services.transcode.jobs.job import ENDED, Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan import Machine, make_plan
from yunyue.services.transcode.templates import Rendition, Template, Video

EDGES = (720, 480, 360, 240)
RATES = (2800, 1400, 800, 400)
VIDEO = {
    "renditions": [{"short_edge": edge, "kilobits": rate} for edge, rate in zip(EDGES, RATES, strict=True)],
    "effort": "fast",
}
NO_PICTURES = {"snapshots": 0, "sprite_seconds": 0}
LADDER = {"video": VIDEO, "pictures": NO_PICTURES}
LONG_SECONDS, LONG_SIZE = 600, "480x270"
SMALLER = {
    "renditions": [{"short_edge": edge, "kilobits": rate} for edge, rate in ((270, 500), (180, 300))],
    "effort": "fast",
}
CHUNK_SECONDS = 60
ROUNDS = 3
CPUS = sorted(os.sched_getaffinity(0))


def film(folder: Path, seconds: int, size: str = "1280x720") -> Path:
    """A film with much movement, H.264 and AAC in MP4."""
    path = folder / f"film-{seconds}.mp4"
    command = [str(engines().ffmpeg), "-nostdin", "-v", "error", "-y"]
    command += ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25,noise=alls=4:allf=t", "-f", "lavfi", "-i", "sine=r=48000"]
    command += ["-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "50", "-c:a", "aac"]
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return path


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds of this process and its children, and seconds on the wall."""
    before = _used()
    began = time.monotonic()
    work()
    return _used() - before, time.monotonic() - began


def _used() -> float:
    """Ours, our children's, and that of control groups that were given back (see `counted`)."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    mine = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return mine + SANDBOXED[0]


SANDBOXED = [0.0]
"""What the sandboxes used: in a process namespace of their own the kernel does not count them as our children."""


def count_sandboxes() -> None:
    """Add each sandbox's own count, less what the kernel charges to us as children."""
    real = running._told

    def told(watch: running._Watch, why: running.Why | None, wall: float) -> running.Ended | running.Stopped:
        ended = real(watch, why, wall)
        SANDBOXED[0] += ended.cpu or 0.0
        return ended

    running._told = told  # the bench alone looks inside


def by_hand(source: Path, folder: Path) -> None:
    """One command with one decode and a split, as a person who knows ffmpeg writes it, packaged by ffmpeg itself."""
    splits = "".join(f"[s{n}]" for n in range(len(EDGES)))
    parts = [f"[0:v]split={len(EDGES)}{splits}"]
    parts += [f"[s{n}]scale=-2:{edge}[v{n}]" for n, edge in enumerate(EDGES)]
    given = ["-i", str(source), "-filter_complex", ";".join(parts)]
    for n, rate in enumerate(RATES):
        given += ["-map", f"[v{n}]", f"-maxrate:v:{n}", f"{rate}k", f"-bufsize:v:{n}", f"{2 * rate}k"]
    given += ["-map", "0:a", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "50", "-keyint_min", "50"]
    given += ["-sc_threshold", "0", "-c:a", "aac", "-b:a", "128k", "-threads", str(len(CPUS)), "-f", "hls"]
    streams = " ".join(f"v:{n},agroup:a" for n in range(len(EDGES)))
    given += ["-var_stream_map", f"{streams} a:0,agroup:a", "-hls_segment_type", "fmp4", "-hls_time", "4"]
    given += ["-hls_playlist_type", "vod", "-master_pl_name", "master.m3u8"]
    given += ["-hls_segment_filename", f"{folder}/v%v/%05d.m4s", f"{folder}/v%v/index.m3u8"]
    ffmpeg(*given)


def four_runs(source: Path, folder: Path) -> None:
    """The same sizes in four commands, one after another."""
    for edge, rate in zip(EDGES, RATES, strict=True):
        ffmpeg(
            *("-i", str(source), "-vf", f"scale=-2:{edge}", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"),
            *("-maxrate", f"{rate}k", "-bufsize", f"{2 * rate}k", "-g", "50", "-keyint_min", "50"),
            *("-sc_threshold", "0", "-threads", str(len(CPUS)), "-c:a", "aac", "-b:a", "128k"),
            str(folder / f"{edge}.mp4"),
        )


def one_run(source: Path, folder: Path) -> None:
    """Our encoding alone: the command our plan makes, without packaging."""
    media = inspect(source, engines())
    assert not isinstance(media, Refused)
    sizes = tuple(Rendition(short_edge=edge, kilobits=rate) for edge, rate in zip(EDGES, RATES, strict=True))
    template = Template(name="bench", video=Video(renditions=sizes, effort="fast"))
    plan = make_plan(media, template, (), Machine(len(CPUS)))
    assert not isinstance(plan, Refused)
    step = next(one for one in plan.steps if one.name == "encode")
    command = [one.replace("/in/film", str(source)).replace("/out/", f"{folder}/") for one in step.arguments]
    subprocess.run([str(engines().ffmpeg), *command], check=True, capture_output=True)


def opened(folder: Path, above: int = 1 << 30, chunk: int = 90) -> tuple[Place, Desk]:
    """A fresh place, and a desk in it. `above`: seconds from which films are divided; `chunk`: seconds of a piece."""
    shutil.rmtree(folder, ignore_errors=True)
    place = place_at(folder / "place", clock=_clock(), chunk_above=above, chunk_seconds=chunk)
    return place, desk_at(place, folder, at_once=8)


def _clock() -> Moved:
    class Real(Moved):
        def __call__(self) -> int:
            return int(time.time() * 1000)

    return Real()


def uploaded(desk: Desk, source: Path) -> str:
    """The film among the objects, as after an upload."""
    made = desk.uploads.open(source.name, source.stat().st_size)
    assert not isinstance(made, Refused)
    with source.open("rb") as file:
        offset = 0
        while piece := file.read(8 << 20):
            done = desk.uploads.append(made.id, offset, piece)
            assert not isinstance(done, Refused), done
            offset += len(piece)
    return made.id


def job(place: Place, desk: Desk, upload: str, workers: int = 1, **over: object) -> Job:
    """A job from its submission to its published result."""
    asked = desk.submit(Asked(upload=upload, overrides={**LADDER, **over}))
    assert isinstance(asked, Job), asked
    stop = Event()
    threads = [Thread(target=Worker(place, Leases(place.queue)).run, args=(stop,)) for _ in range(workers)]
    for one in threads:
        one.start()
    while True:
        found = desk.job(asked.id)
        assert isinstance(found, Job)
        if found.state in ENDED:
            break
        time.sleep(0.5)
    stop.set()
    place.queue.ring()
    for one in threads:
        one.join()
    assert found.state == "done", found.reason
    return found


def ratios(name: str, ours: Callable[[], object], peer: Callable[[], object], wanted: str) -> None:
    """Both in turns, medians of processor and wall time."""
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "peer": []}
    for _ in range(1 if "--once" in sys.argv else ROUNDS):
        found["ours"].append(measured(ours))
        found["peer"].append(measured(peer))
    (cpu, wall), (peer_cpu, peer_wall) = (
        tuple(statistics.median(one[n] for one in found[who]) for n in (0, 1)) for who in ("ours", "peer")
    )
    line = f"{name:<44}{cpu:>8.1f}{peer_cpu:>8.1f}{cpu / peer_cpu:>8.3f}{wall:>9.1f}{peer_wall:>8.1f}"
    print(f"{line}{wall / peer_wall:>8.3f}   {wanted}", flush=True)


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def first_engine(root: Path, source: Path) -> float:
    """Milliseconds from the submission to the start of the first ffmpeg or ffprobe; median of nine."""
    place, desk = opened(root / "first")
    upload = uploaded(desk, source)
    began: list[float] = []
    real = running._start

    def noted(*arguments: object) -> object:
        began.append(time.monotonic())
        return real(*arguments)  # type: ignore[arg-type] # handed on as they came

    running._start = noted  # type: ignore[assignment] # the bench alone looks inside
    stop = Event()
    worker = Thread(target=Worker(place, Leases(place.queue)).run, args=(stop,))
    worker.start()
    waits = []
    for number in range(9):
        began.clear()
        asked = time.monotonic()
        made = desk.submit(Asked(upload=upload, template="remux-mp4", overrides={"clip": {"start_ms": number + 1}}))
        assert isinstance(made, Job)
        while True:
            found = desk.job(made.id)
            if isinstance(found, Job) and found.state in ENDED:
                break
            time.sleep(0.02)
        waits.append((began[0] - asked) * 1000)
    stop.set()
    place.queue.ring()
    worker.join()
    running._start = real
    return statistics.median(waits)


PINNED = """
import os, sys, time
sys.path[:0] = [sys.argv[1]]
os.sched_setaffinity(0, {int(sys.argv[3])})
from pathlib import Path
from threading import Event
from transcode_cast import place_at, Moved
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker
class Real(Moved):
    def __call__(self):
        return int(time.time() * 1000)
place = place_at(Path(sys.argv[2]), clock=Real(), chunk_above=30, chunk_seconds=int(sys.argv[4]))
Worker(place, Leases(place.queue)).run(Event())
"""


def pinned(root: Path, source: Path, cpus: list[int], chunk: int) -> float:
    """Seconds for a chunked job by workers that are processes of their own, each on one core."""
    place, desk = opened(root / "pinned", 30, chunk)
    upload = uploaded(desk, source)
    cast = str(Path(__file__).parents[1] / "tests" / "engines")
    begin = [sys.executable, "-c", PINNED, cast, str(place.folder)]
    workers = [subprocess.Popen([*begin, str(cpu), str(chunk)]) for cpu in cpus]
    time.sleep(3)
    asked = time.monotonic()
    made = desk.submit(Asked(upload=upload, overrides={"video": SMALLER, "pictures": NO_PICTURES}))
    assert isinstance(made, Job)
    try:
        while True:
            found = desk.job(made.id)
            assert isinstance(found, Job)
            if found.state in ENDED:
                assert found.state == "done", found.reason
                return time.monotonic() - asked
            time.sleep(0.1)
    finally:
        for one in workers:
            one.kill()
            one.wait()


def search_cost(root: Path, source: Path) -> None:
    """The search for a VMAF beside the whole job without it."""
    place, desk = opened(root / "search")
    upload = uploaded(desk, source)
    probes = [0.0]
    real = whole.searched

    @functools.wraps(real)
    def timed(*arguments: object) -> object:
        before = _used()
        found = real(*arguments)  # type: ignore[arg-type] # handed on as they came
        probes[0] += _used() - before
        return found

    whole.searched = timed  # type: ignore[assignment] # the bench alone looks inside
    video = {**SMALLER, "control": "crf", "target_vmaf": 90}
    spent = measured(lambda: job(place, desk, upload, video=video))[0]
    whole.searched = real
    share = probes[0] / (spent - probes[0])
    print(
        f"VMAF search: {probes[0]:.1f} s beside {spent - probes[0]:.1f} s of the job: {share:.3f}   <= 0.15", flush=True
    )


def main() -> None:
    """Print the table."""
    seconds = int(next((one for one in sys.argv[1:] if one.isdigit()), "60"))
    count_sandboxes()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = film(root, seconds)
        print(
            f"a film of {seconds} s, 1280x720, {source.stat().st_size >> 20} MiB; {len(CPUS)} cores, shared with others"
        )
        print(f"first engine after a submission: {first_engine(root, source):.0f} ms   <= 150")
        place, desk = opened(root / "jobs")
        upload = uploaded(desk, source)
        print(f"{'':<44}{'cpu s':>8}{'peer':>8}{'ratio':>8}{'wall s':>9}{'peer':>8}{'ratio':>8}")
        ratios(
            "whole job against one command by hand",
            lambda: job(place, desk, upload),
            lambda: by_hand(source, fresh(root / "hand")),
            "cpu <= 1.05",
        )
        ratios(
            "ladder of four against four separate runs",
            lambda: one_run(source, fresh(root / "one")),
            lambda: four_runs(source, fresh(root / "four")),
            "cpu <= 0.80, wall <= 0.75",
        )
        chunk = max(seconds // 4, 8)
        pieces, bench = opened(root / "chunks", 1, chunk)
        again = uploaded(bench, source)
        ratios(
            f"in chunks of {chunk} s against in one piece",
            lambda: job(pieces, bench, again),
            lambda: job(place, desk, upload),
            "cpu <= 1.10",
        )
        if "--short" not in sys.argv:
            _long(root)


def _long(root: Path) -> None:
    """What only a long film shows."""
    source = film(root, LONG_SECONDS, LONG_SIZE)
    print(f"a film of {LONG_SECONDS} s, {LONG_SIZE}, {source.stat().st_size >> 20} MiB", flush=True)
    search_cost(root, source)
    one, two = (pinned(root, source, CPUS[:count], CHUNK_SECONDS) for count in (1, 2))
    print(f"one pinned worker {one:.1f} s, two {two:.1f} s: {one / two:.2f} times   >= 1.6", flush=True)


if __name__ == "__main__":
    main()
