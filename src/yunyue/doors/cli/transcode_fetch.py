"""Fetching a result's files into a folder: each is compared with its digest; the folder appears whole or not at all."""

import hashlib
import os
import shutil
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.objects.manifest import File, Manifest
from yunyue.services.transcode.objects.store import Trouble


def fetch(desk: Desk, manifest: Manifest, folder: Path) -> Refused | None:
    """Write every file. Refused: the folder is there already, a file is gone or has another digest."""
    if folder.exists():
        return Refused("there is something of this name already", str(folder))
    if not folder.absolute().parent.is_dir():
        return Refused("there is no such folder to write into", str(folder.absolute().parent))
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        for one in manifest.files:
            refused = _fetched(desk, manifest, one, draft)
            if refused is not None:
                return refused
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return None


def _fetched(desk: Desk, manifest: Manifest, one: File, draft: Path) -> Refused | None:
    path = draft / one.path
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with path.open("wb") as file:
            for piece in desk.place.objects.stream(f"{manifest.folder}/{one.path}"):
                digest.update(piece)
                file.write(piece)
    except Trouble:
        return Refused("the objects cannot be reached; try again later", "objects", "C37")
    if f"sha256:{digest.hexdigest()}" != one.digest:
        return Refused(f"what arrived has the digest sha256:{digest.hexdigest()}; send it again", one.path, "C37")
    return None
