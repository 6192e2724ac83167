"""The templates that come with the platform."""

from typing import Final

from yunyue.services.transcode.templates.template import Audio, Pictures, Rendition, Template, Video

_LADDER: Final = (
    Rendition(short_edge=1080, kilobits=5000),
    Rendition(short_edge=720, kilobits=2800),
    Rendition(short_edge=480, kilobits=1400),
    Rendition(short_edge=360, kilobits=800),
)

OURS: Final = (
    Template(
        name="hls-ladder",
        title="HLS + DASH，H.264 四档 / four sizes in H.264",
        video=Video(renditions=_LADDER),
        pictures=Pictures(snapshots=1, sprite_seconds=10),
    ),
    Template(
        name="hls-ladder-h265",
        title="HLS + DASH，H.265 三档 / three sizes in H.265",
        video=Video(codec="h265", renditions=(_LADDER[0], _LADDER[1], _LADDER[2])),
    ),
    Template(
        name="hls-ts",
        title="HLS（TS），H.264 三档 / HLS with TS, three sizes in H.264",
        output="hls-ts",
        video=Video(renditions=_LADDER[1:]),
    ),
    Template(
        name="mp4-1080",
        title="MP4，H.264 1080 / one MP4 in H.264",
        output="mp4",
        video=Video(renditions=(_LADDER[0],)),
    ),
    Template(
        name="mp4-720",
        title="MP4，H.264 720 / one MP4 in H.264",
        output="mp4",
        video=Video(renditions=(_LADDER[1],)),
    ),
    Template(
        name="mp4-h265-1080",
        title="MP4，H.265 1080 / one MP4 in H.265",
        output="mp4",
        video=Video(codec="h265", renditions=(_LADDER[0],)),
    ),
    Template(name="audio-aac", title="仅音频，AAC / sound alone in AAC", output="audio", audio=Audio(loudness=-23)),
    Template(name="remux-mp4", title="仅换封装为 MP4 / the same streams in an MP4", output="remux"),
    Template(
        name="pictures",
        title="截图与雪碧图 / snapshots and a sprite sheet",
        output="pictures",
        pictures=Pictures(snapshots=5, sprite_seconds=10),
    ),
)
