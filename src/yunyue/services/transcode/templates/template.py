"""A template: container, codecs, sizes, and what is done to picture and sound on the way."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from yunyue.answer import Refused
from yunyue.catalog import understand_parameters

Output = Literal["hls-dash", "hls-ts", "mp4", "audio", "remux", "pictures"]
Codec = Literal["h264", "h265", "av1"]
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
Rate = Annotated[
    str, Meta(pattern=r"^(source|\d{1,3}|\d{4,6}/100[01])$(?!\n)", title="帧率", description="source, 25 or 30000/1001")
]
Name = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)", title="名称", description="Small letters, digits and hyphens"),
]


AV1_ONCE = "two_pass is not for av1: its encoder takes no second pass; choose capped_crf, or h264 or h265"
"""Seen with SVT-AV1 4.2 inside ffmpeg 9.0: what a first pass learns cannot be handed to the second."""


class Rendition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One size of a ladder. Renditions larger than the source are left out."""

    short_edge: Annotated[
        int, Meta(ge=64, le=4320, multiple_of=2, title="短边", description="Pixels of the shorter side")
    ]
    kilobits: Annotated[
        int,
        Meta(ge=0, le=200_000, title="码率", description="Cap (capped_crf) or target (two_pass), kbit/s; 0: by size"),
    ] = 0


class Video(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the picture is encoded."""

    codec: Annotated[Codec, Meta(title="视频编码", description="h264, h265 or av1")] = "h264"
    renditions: Annotated[
        tuple[Rendition, ...], Meta(min_length=1, max_length=8, title="档位", description="Sizes, at most eight")
    ] = (Rendition(short_edge=720),)
    control: Annotated[
        Literal["crf", "capped_crf", "two_pass"],
        Meta(title="码率控制", description="Even quality, even quality below a cap, or a given rate in two passes"),
    ] = "capped_crf"
    crf: Annotated[int, Meta(ge=0, le=63, title="质量", description="Lower is better; 0: by codec")] = 0
    effort: Annotated[
        Literal["fast", "balanced", "thorough"],
        Meta(title="压缩强度", description="More effort gives smaller files for more time"),
    ] = "balanced"
    frame_rate: Rate = "source"
    key_seconds: Annotated[int, Meta(ge=1, le=10, title="关键帧间隔", description="Seconds between keyframes")] = 2
    target_vmaf: Annotated[
        int, Meta(ge=0, le=99, title="目标 VMAF", description="Search the CRF that reaches this score; 0: no search")
    ] = 0


class Audio(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the sound is encoded."""

    codec: Annotated[Literal["aac", "opus", "none"], Meta(title="音频编码", description="aac, opus or none")] = "aac"
    kilobits: Annotated[int, Meta(ge=16, le=512, title="音频码率", description="kbit/s")] = 128
    channels: Annotated[int, Meta(ge=1, le=2, title="声道", description="At most so many")] = 2
    tracks: Annotated[
        Literal["first", "all"], Meta(title="音轨", description="The default track, or all (at most eight)")
    ] = "first"
    loudness: Annotated[
        int, Meta(ge=-70, le=0, title="响度", description="LUFS by EBU R128, such as -23, in two passes; 0: as it is")
    ] = 0


class Crop(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left of the picture, in thousandths of its width and height."""

    left: Annotated[int, Meta(ge=0, le=900, title="左", description="Thousandths cut off at the left")] = 0
    top: Annotated[int, Meta(ge=0, le=900, title="上", description="Thousandths cut off at the top")] = 0
    right: Annotated[int, Meta(ge=0, le=900, title="右", description="Thousandths cut off at the right")] = 0
    bottom: Annotated[int, Meta(ge=0, le=900, title="下", description="Thousandths cut off at the bottom")] = 0


class Edit(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is done to the picture before it is scaled."""

    rotate: Annotated[
        Literal[0, 90, 180, 270], Meta(title="旋转", description="Degrees clockwise, beyond what the file itself says")
    ] = 0
    crop: Annotated[Crop, Meta(title="裁剪", description="What is cut off")] = Crop()
    deinterlace: Annotated[
        Literal["auto", "always", "never"], Meta(title="去隔行", description="auto: when the file says interlaced")
    ] = "auto"
    tone_map: Annotated[
        Literal["auto", "never"], Meta(title="色调映射", description="auto: HDR becomes SDR; never: refuse HDR")
    ] = "auto"


class Watermark(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mark on the picture: a text, or a picture that the job brings along."""

    text: Annotated[str, Meta(max_length=200, title="文字", description="What is written; empty: a picture")] = ""
    image: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9._-]{0,80}$(?!\n)", title="图片", description="Name of a picture of the job's files"),
    ] = ""
    corner: Annotated[Corner, Meta(title="位置", description="The corner it stands in")] = "top-right"
    height: Annotated[int, Meta(ge=10, le=500, title="高度", description="Thousandths of the picture's height")] = 60
    margin: Annotated[int, Meta(ge=0, le=400, title="边距", description="Thousandths of the picture's height")] = 30
    opacity: Annotated[int, Meta(ge=5, le=100, title="不透明度", description="Percent")] = 80
    moving: Annotated[bool, Meta(title="移动", description="It changes its corner every ten seconds")] = False


class Clip(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of the film."""

    start_ms: Annotated[int, Meta(ge=0, title="起点", description="Milliseconds from the beginning")] = 0
    end_ms: Annotated[int, Meta(ge=0, title="终点", description="Milliseconds from the beginning; 0: to the end")] = 0


class Subtitles(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What becomes of subtitles: those in the film, or a file of the job's."""

    mode: Annotated[
        Literal["none", "burn", "webvtt"],
        Meta(title="字幕", description="Left out, drawn into the picture, or a track"),
    ] = "none"
    file: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9._-]{0,80}$(?!\n)",
            title="字幕文件",
            description="Name among the job's files; empty: the film's own",
        ),
    ] = ""
    language: Annotated[
        str, Meta(pattern=r"^([a-z]{2,3})?$(?!\n)", title="字幕语言", description="Such as zh; empty: as the film says")
    ] = ""


class Pictures(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Still pictures: snapshots, and a sprite sheet with its WebVTT for the player's time bar."""

    snapshots: Annotated[int, Meta(ge=0, le=100, title="截图数", description="Evenly over the film; 0: none")] = 0
    width: Annotated[int, Meta(ge=64, le=3840, multiple_of=2, title="截图宽度", description="Pixels")] = 640
    sprite_seconds: Annotated[
        int, Meta(ge=0, le=600, title="雪碧图间隔", description="Seconds between its tiles; 0: no sprite sheet")
    ] = 0
    sprite_width: Annotated[int, Meta(ge=32, le=640, multiple_of=2, title="小图宽度", description="Pixels")] = 160


class Encryption(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Encryption of HLS: AES-128 (hls-ts), SAMPLE-AES (hls-ts), or cbcs (hls-dash)."""

    scheme: Annotated[
        Literal["none", "aes-128", "sample-aes", "cbcs"],
        Meta(title="加密", description="none, aes-128 or sample-aes (hls-ts), cbcs (hls-dash)"),
    ] = "none"
    key_address: Annotated[
        str,
        Meta(max_length=500, title="密钥地址", description="Where players fetch the key; {key} stands for its name"),
    ] = ""


class Template(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it. Times in whole milliseconds, rates in kbit/s, so that it has one canonical form."""

    name: Name
    version: Annotated[int, Meta(ge=1, title="版本", description="Grows with each change")] = 1
    title: Annotated[str, Meta(max_length=80, title="标题", description="For people")] = ""
    output: Annotated[
        Output, Meta(title="输出", description="hls-dash (CMAF), hls-ts, mp4, audio, remux or pictures only")
    ] = "hls-dash"
    video: Annotated[Video, Meta(title="视频", description="How the picture is encoded")] = Video()
    audio: Annotated[Audio, Meta(title="音频", description="How the sound is encoded")] = Audio()
    edit: Annotated[Edit, Meta(title="画面处理", description="What is done to the picture")] = Edit()
    clip: Annotated[Clip, Meta(title="剪辑", description="A stretch of the film")] = Clip()
    watermarks: Annotated[tuple[Watermark, ...], Meta(max_length=4, title="水印", description="At most four")] = ()
    subtitles: Annotated[Subtitles, Meta(title="字幕", description="What becomes of subtitles")] = Subtitles()
    pictures: Annotated[Pictures, Meta(title="图片", description="Snapshots and sprite sheet")] = Pictures()
    encryption: Annotated[Encryption, Meta(title="加密", description="Encryption of HLS")] = Encryption()
    segment_seconds: Annotated[
        int, Meta(ge=1, le=20, title="分片时长", description="Seconds of a segment, a multiple of key_seconds")
    ] = 4
    quality_report: Annotated[
        bool, Meta(title="质量报告", description="Measure VMAF, PSNR and SSIM of every rendition")
    ] = False


def understand_template(values: Mapping[str, object]) -> Template | Refused:
    """The template that was written. Refused: the field and the rule, also where fields contradict each other."""
    found = understand_parameters(Template, values, strict=False)
    if isinstance(found, Refused):
        return Refused(found.reason, found.field.replace("parameters", "template", 1), found.clause)
    return contradiction(found) or found


def contradiction(template: Template) -> Refused | None:
    """Where fields do not fit each other."""
    for wrong, field, reason in (
        (_unsegmented(template), "segment_seconds", "must be a multiple of video.key_seconds"),
        (_empty(template.clip), "clip.end_ms", "must lie after start_ms"),
        (_swallowed(template.edit.crop), "edit.crop", "leaves nothing of the picture"),
        (_misplaced(template), "encryption.scheme", "aes-128 and sample-aes are for hls-ts, cbcs is for hls-dash"),
        (
            not _plain(template.encryption.key_address),
            "encryption.key_address",
            "an address is written in ASCII, without spaces, quotes and control characters",
        ),
        (template.output == "hls-ts" and template.video.codec == "av1", "video.codec", "av1 does not go into hls-ts"),
        (template.output == "hls-ts" and template.audio.codec == "opus", "audio.codec", "opus does not go into hls-ts"),
        (template.output == "audio" and template.audio.codec == "none", "audio.codec", "an audio output needs a codec"),
        (_rateless(template), "video.renditions", "two_pass needs kilobits in every rendition"),
        (_two_pass_av1(template), "video.control", AV1_ONCE),
        (_trackless(template), "subtitles.mode", "webvtt is a track of hls-dash, or of hls-ts without aes-128"),
        (_untracked(template), "audio.tracks", "aes-128 takes the first track only, into the segments of the picture"),
        (_uncopied(template), "output", "remux copies the streams as they are: no marks, subtitles or edits"),
        (_doubled(template), "video.renditions", "two renditions have the same short_edge"),
        (_still(template), "pictures", "an output of pictures needs snapshots or a sprite sheet"),
        (
            any(bool(one.text) == bool(one.image) for one in template.watermarks),
            "watermarks",
            "each has a text or an image",
        ),
    ):
        if wrong:
            return Refused(reason, f"template.{field}", "C37")
    return None


def _unsegmented(template: Template) -> bool:
    return bool(template.segment_seconds % template.video.key_seconds)


def _empty(clip: Clip) -> bool:
    return bool(clip.end_ms and clip.end_ms <= clip.start_ms)


def _swallowed(crop: Crop) -> bool:
    return crop.left + crop.right > 950 or crop.top + crop.bottom > 950


def _misplaced(template: Template) -> bool:
    wanted = {"aes-128": "hls-ts", "sample-aes": "hls-ts", "cbcs": "hls-dash"}.get(template.encryption.scheme)
    return wanted is not None and wanted != template.output


def _plain(address: str) -> bool:
    """It becomes a line of playlists and of the packager's flags."""
    return address.isascii() and address.isprintable() and not set(address) & set(" \"'\\<>")


def _rateless(template: Template) -> bool:
    return template.video.control == "two_pass" and any(not one.kilobits for one in template.video.renditions)


def _two_pass_av1(template: Template) -> bool:
    return template.video.control == "two_pass" and template.video.codec == "av1"


def _trackless(template: Template) -> bool:
    packaged = template.output in ("hls-dash", "hls-ts") and template.encryption.scheme != "aes-128"
    return template.subtitles.mode == "webvtt" and not packaged


def _untracked(template: Template) -> bool:
    return template.encryption.scheme == "aes-128" and template.audio.tracks == "all"


def _uncopied(template: Template) -> bool:
    changed = bool(template.watermarks) or template.subtitles.mode != "none" or template.edit != Edit()
    return template.output == "remux" and changed


def _doubled(template: Template) -> bool:
    edges = [one.short_edge for one in template.video.renditions]
    return len(set(edges)) < len(edges)


def _still(template: Template) -> bool:
    return template.output == "pictures" and not (template.pictures.snapshots or template.pictures.sprite_seconds)


def encode_template(template: Template) -> bytes:
    """The one way a template is written, for digests and files."""
    return msgspec.json.encode(template, order="sorted")
