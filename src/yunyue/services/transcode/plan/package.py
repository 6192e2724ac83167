"""Packaging: segments and playlists from the encoded renditions, by Shaka Packager.

Measured: three percent of the processor time, no finding of validators, played by hls.js, shaka-player and dash.js;
ffmpeg's own muxers leave out FRAME-RATE and understate BANDWIDTH by up to 26 %. AES-128 is what the packager lacks:
there ffmpeg cuts the segments and the master playlist is ours.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yunyue.services.transcode.plan.encoders import key_frames
from yunyue.services.transcode.plan.steps import PUBLIC, Promise, Step
from yunyue.services.transcode.plan.work import PROGRESS, Work

MASTER: Final = "master.m3u8"
MANIFEST: Final = "manifest.mpd"
KEY_FILE: Final = "key.bin"
KEY_NOTE: Final = "key.txt"
KEY_FLAGS: Final = "keys.flags"
TEXT_TRACK: Final = "subtitles.vtt"


def folder_of(promise: Promise) -> str:
    """Where the segments of a stream lie, under public."""
    return promise.name


def packaged(promises: Sequence[Promise], scheme: str) -> tuple[Promise, ...]:
    """The promises with the folders of their segments; under AES-128 the sound goes along inside the picture's."""
    inside = scheme == "aes-128" and any(one.kind == "video" for one in promises)
    return tuple(one if inside and one.kind == "audio" else replace(one, folder=folder_of(one)) for one in promises)


def package_steps(work: Work, promises: Sequence[Promise]) -> tuple[Step, ...]:
    """The command that packages everything, or one for each rendition where ffmpeg does it."""
    if work.template.encryption.scheme == "aes-128":
        return _by_ffmpeg(work, promises)
    streams = [_stream(one, work) for one in promises]
    if work.template.subtitles.mode == "webvtt":
        streams.append(_text(work))
    # Without its caches of 32 MB for each file, which it fills page by page, it needs a quarter of the processor time.
    # With several threads it sometimes waits for ever for one that has ended already: 1 run of 1,000 on a busy
    # machine, and twice in whole jobs; none of 3,000 with a single thread.
    given = [
        "--quiet",
        "--io_cache_size=0",
        "--single_threaded",
        *streams,
        f"--segment_duration={segment_seconds(work):.6f}",
        *_playlists(work),
        *_keys(work),
    ]
    secret = () if work.template.encryption.scheme == "none" else ("key",)
    return (Step("package", "packager", tuple(given), weight=4, needs=secret),)


def segment_seconds(work: Work) -> float:
    """The length of a segment: whole distances of keyframes; a hair less, so that rounding never skips one."""
    if not work.rate:
        return float(work.template.segment_seconds)
    times = work.template.segment_seconds // work.template.video.key_seconds
    return float(times * key_frames(work.template.video, work.rate) / work.rate) - 1e-6


def _stream(one: Promise, work: Work) -> str:
    base = f"/out/{PUBLIC}/{folder_of(one)}"
    fields = {"in": f"/out/{one.path}", "stream": one.kind}
    if work.template.output == "hls-ts":
        fields |= {"segment_template": f"{base}/$Number%05d$.ts"}
    else:
        fields |= {"init_segment": f"{base}/init.mp4", "segment_template": f"{base}/$Number%05d$.m4s"}
    fields |= {"playlist_name": f"{folder_of(one)}/index.m3u8"}
    if one.kind == "audio":
        fields |= {"hls_group_id": "audio", "hls_name": one.name}
        fields |= {"language": one.language} if one.language else {}
    if work.template.encryption.scheme != "none":
        fields |= {"drm_label": "all"}
    return ",".join(f"{name}={value}" for name, value in fields.items())


def _text(work: Work) -> str:
    language = work.template.subtitles.language or next((s.language for s in work.media.subtitles if s.language), "")
    base = f"/out/{PUBLIC}/text"
    given = f"in=/out/{TEXT_TRACK},stream=text,segment_template={base}/$Number%05d$.vtt,playlist_name=text/index.m3u8"
    given += ",hls_group_id=text,hls_name=subtitles"
    return f"{given},language={language}" if language else given


def _playlists(work: Work) -> list[str]:
    given = [f"--hls_master_playlist_output=/out/{PUBLIC}/{MASTER}", "--hls_playlist_type=VOD"]
    # Without it the moment of packaging would stand in the files, and the same film would never give the same bytes.
    given.append("--use_fake_clock_for_muxer")
    if work.template.output == "hls-dash":
        given += [f"--mpd_output=/out/{PUBLIC}/{MANIFEST}", "--generate_static_live_mpd"]
    return given


def _keys(work: Work) -> list[str]:
    """Keys are read from a file of the job's folder: what stands in arguments can be seen by everyone on a machine."""
    if work.template.encryption.scheme == "none":
        return []
    return [f"--flagfile=/out/{KEY_FLAGS}"]


def _by_ffmpeg(work: Work, promises: Sequence[Promise]) -> tuple[Step, ...]:
    """TS segments of picture and first sound together, encrypted whole."""
    sound = next((one for one in promises if one.kind == "audio"), None)
    pictures = [one for one in promises if one.kind == "video"]
    return tuple(_segmented(work, one, sound) for one in pictures or promises)


def _segmented(work: Work, one: Promise, sound: Promise | None) -> Step:
    base = f"/out/{PUBLIC}/{folder_of(one)}"
    given = [*PROGRESS, "-i", f"/out/{one.path}", "-map", "0:0"]
    if sound is not None and sound is not one:
        given[-2:-2] = ["-i", f"/out/{sound.path}"]
        given += ["-map", "1:0"]
    given += ["-c", "copy", "-f", "hls", "-hls_time", f"{segment_seconds(work):.6f}", "-hls_playlist_type", "vod"]
    given += ["-hls_segment_filename", f"{base}/%05d.ts", "-hls_key_info_file", f"/out/{KEY_NOTE}"]
    return Step(f"package-{one.name}", "ffmpeg", (*given, f"{base}/index.m3u8"), weight=1, needs=("key",))
