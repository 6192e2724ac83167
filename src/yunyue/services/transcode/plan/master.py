"""The master playlist where ffmpeg cut the segments: its own leaves out FRAME-RATE and understates BANDWIDTH."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from yunyue.services.transcode.plan.steps import PUBLIC, Promise

CODECS = {"h264": "avc1.640028", "h265": "hvc1.1.6.L120.90"}


def write_master(folder: Path, promises: Sequence[Promise], name: str) -> None:
    """Write it beside the renditions that have a playlist, best first. `folder`: the job's own."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sound = any(one.kind == "audio" for one in promises)
    pictures = [one for one in promises if one.kind == "video"]
    for one in pictures or promises:
        peak, average = rates(folder / PUBLIC / one.folder)
        fields = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}"]
        codecs = ([CODECS[one.codec]] if one.kind == "video" else []) + (["mp4a.40.2"] if sound else [])
        fields.append(f'CODECS="{",".join(codecs)}"')
        if one.kind == "video":
            fields += [f"RESOLUTION={one.width}x{one.height}", f"FRAME-RATE={float(one.rate):.3f}"]
        lines += [f"#EXT-X-STREAM-INF:{','.join(fields)}", f"{one.folder}/index.m3u8"]
    (folder / PUBLIC / name).write_text("\n".join(lines) + "\n")


def rates(folder: Path) -> tuple[int, int]:
    """Bits a second of the largest segment and of all, from the playlist and the files themselves."""
    lines = (folder / "index.m3u8").read_text().splitlines()
    lengths = [Fraction(line.removeprefix("#EXTINF:").rstrip(",")) for line in lines if line.startswith("#EXTINF:")]
    names = [line for line in lines if line and not line.startswith("#")]
    bits = [(folder / name).stat().st_size * 8 for name in names]
    peak = max((-(-size // seconds) for size, seconds in zip(bits, lengths, strict=True) if seconds), default=0)
    return int(peak), int(sum(bits) / (sum(lengths) or 1))
