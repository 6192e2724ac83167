"""What a job gave: every file with its digest. A result exists when its manifest does, and not before."""

import mimetypes
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from yunyue.services.transcode.objects.store import Objects, digest_of

NAME: Final = "manifest.json"
TYPES: Final = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
}


class File(Struct, frozen=True):
    """A published file: its path within the result, bytes, digest and media type."""

    path: str
    size: int
    digest: str
    type: str


class Stream(Struct, frozen=True, kw_only=True):
    """A rendition or sound track, as it was found in the result. `seconds` in ms; `rate` such as 30000/1001."""

    name: str
    kind: str
    codec: str
    width: int
    height: int
    rate: str
    frames: int
    seconds: int
    size: int
    language: str = ""


class Manifest(Struct, frozen=True, kw_only=True):
    """All of it. `folder`: where the files lie among the objects; `entry`: what a player opens first."""

    job: str
    folder: str
    template: str
    version: int
    seconds: int
    entry: str
    files: tuple[File, ...]
    streams: tuple[Stream, ...]
    notes: tuple[str, ...] = ()

    def file(self, path: str) -> File | None:
        """The file of that path."""
        return next((one for one in self.files if one.path == path), None)


_DECODER: Final = msgspec.json.Decoder(Manifest)


def folder_of(job: str) -> str:
    """Where a job's results lie."""
    return f"results/{job}"


def media_type(path: str) -> str:
    """By the name's ending."""
    return TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def files_of(folder: Path) -> tuple[File, ...]:
    """Everything below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    names = [path.relative_to(folder).as_posix() for path in paths]
    return tuple(
        File(name, path.stat().st_size, digest_of(path), media_type(name))
        for name, path in zip(names, paths, strict=True)
    )


def publish(manifest: Manifest, folder: Path, objects: Objects) -> Manifest:
    """Put the files there, then the manifest, once: if another try was faster, its manifest counts and ours goes."""
    for one in manifest.files:
        objects.put(f"{manifest.folder}/{one.path}", folder / one.path)
    name = f"{folder_of(manifest.job)}/{NAME}"
    if objects.create(name, msgspec.json.encode(manifest, order="sorted")):
        return manifest
    objects.delete([f"{manifest.folder}/{one.path}" for one in manifest.files])
    there = read_manifest(objects, manifest.job)
    return there or manifest


def read_manifest(objects: Objects, job: str) -> Manifest | None:
    """The manifest of a job; None before it is published and after it has expired."""
    content = objects.read(f"{folder_of(job)}/{NAME}")
    return _DECODER.decode(content) if content is not None else None


def withdraw(objects: Objects, job: str) -> None:
    """Take a result away: the manifest first, so that nobody finds half of it."""
    objects.delete([f"{folder_of(job)}/{NAME}"])
    objects.delete(objects.names(f"{folder_of(job)}/"))
