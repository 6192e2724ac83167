"""Brings a film into a container in which one can seek to a frame: MKV, streams untouched.

Transport and program streams have no index: a seek lands between keyframes and the frames up to the next are lost.
AVI and program streams have packets without times. Measured: copying into MKV costs as much as reading the file.
"""

from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.sandbox import Box, Ended, Limits, Shown, run
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.formats import MediaLimits, safe_input
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.engine.said import complaint
from yunyue.services.transcode.media import Media

INDEXED: Final = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")
NAME: Final = "seekable.mkv"


def seekable(media: Media) -> bool:
    """Whether one can seek in the file as it is."""
    return media.video is None or media.container in INDEXED


def prepare(path: Path, media: Media, folder: Path, engines: Binaries) -> tuple[Path, Media] | Refused:
    """The film in a form in which one can seek, and what it holds then. Refused: it cannot be copied."""
    if seekable(media):
        return path, media
    given = ["-nostdin", "-v", "error", "-y", *safe_input(MediaLimits()), "-fflags", "+genpts", "-i", "/in/film"]
    given += ["-map", "0:V:0", "-map", "0:a?", "-map", "0:s?", "-c", "copy", "-map_metadata", "-1"]
    limits = Limits(wall=600 + float(media.seconds), cpu=int(600 + media.seconds), disk=media.size * 2 + (1 << 26))
    ended = run(Box(engines.ffmpeg, (Shown(path, "/in/film"),), folder), [*given, f"/out/{NAME}"], limits)
    if not isinstance(ended, Ended):
        return Refused(f"reading the file was stopped: {ended.why}", "input", "C37")
    if ended.code:
        return Refused(f"the file cannot be read: {complaint(ended.errors)}", "input", "C37")
    found = inspect(folder / NAME, engines)
    return found if isinstance(found, Refused) else (folder / NAME, found)
