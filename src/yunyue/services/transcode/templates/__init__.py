"""Templates: what is to be made of a film, as data that people write, with versions."""

from yunyue.services.transcode.templates.template import (
    Audio,
    Clip,
    Crop,
    Edit,
    Encryption,
    Pictures,
    Rendition,
    Subtitles,
    Template,
    Video,
    Watermark,
    understand_template,
)

__all__ = [
    "Audio",
    "Clip",
    "Crop",
    "Edit",
    "Encryption",
    "Pictures",
    "Rendition",
    "Subtitles",
    "Template",
    "Video",
    "Watermark",
    "understand_template",
]
