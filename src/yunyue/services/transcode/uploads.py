"""Uploads that can be resumed: a film comes in pieces, each at an offset, and counts once its digest is right.

The shape is that of the IETF draft on resumable uploads: POST opens one, HEAD tells the offset, PATCH appends at the
offset, DELETE gives up. Finished, the film lies among the tenant's objects.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from yunyue.answer import Refused
from yunyue.host.randomness import identifier
from yunyue.services.transcode.jobs.job import Source
from yunyue.services.transcode.jobs.moment import moment_of
from yunyue.services.transcode.objects.store import Trouble, digest_of
from yunyue.services.transcode.place import Place
from yunyue.store.files import write_durably

MOST_OPEN: Final = 50
DAY_MS: Final = 86_400_000
LIFE_MS: Final = 7 * DAY_MS
UNREACHABLE: Final = "the objects cannot be reached; try again later"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload: its whole size, the digest it must have ("" for any), what it is called, and how far it came."""

    id: str
    tenant: str
    label: str
    size: int
    digest: str
    made: int
    offset: int = 0
    source: Source | None = None


_DECODER = msgspec.json.Decoder(Upload)


class Uploads:
    """The uploads of one tenant."""

    def __init__(self, place: Place, tenant: str) -> None:
        self._place = place
        self._tenant = tenant
        self._folder = place.folder / "uploads"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def open(self, label: str, size: int, digest: str = "") -> Upload | Refused:
        """Begin one. Refused: too large, a malformed digest, too many that were never finished."""
        most = self._place.limits.size
        if not 0 < size <= most:
            return Refused(f"an upload has from 1 to {most} bytes", "size", "C37")
        if digest and not _is_digest(digest):
            return Refused(f"{digest!r} is no sha256 digest", "digest", "C37")
        unfinished = [one for one in self.all() if one.source is None]
        if len(unfinished) >= MOST_OPEN:
            return Refused(f"{MOST_OPEN} uploads are unfinished; finish or delete some", "upload", "C37")
        now = self._place.queue.now()
        made = Upload(
            id=identifier("upload", moment_of(now)),
            tenant=self._tenant,
            label=_clean(label),
            size=size,
            digest=digest,
            made=now,
        )
        self._part(made.id).touch(0o600)
        self._keep(made)
        return made

    def all(self) -> tuple[Upload, ...]:
        """The tenant's uploads, newest first."""
        mine = [self._grown(one) for one in self._everyones() if one.tenant == self._tenant]
        return tuple(sorted(mine, key=lambda one: one.id, reverse=True))

    def find(self, upload: str) -> Upload | Refused:
        """One of the tenant's."""
        found = self._noted(self._note(upload)) if _is_name(upload) else None
        if found is None or found.tenant != self._tenant:
            return Refused(f"there is no upload {upload!r}", "upload", "C37")
        return self._grown(found)

    def append(self, upload: str, offset: int, piece: bytes) -> Upload | Refused:
        """Add a piece. Refused: it does not begin where the upload stands, or reaches beyond its size."""
        with self._alone(upload) as found:
            if isinstance(found, Refused):
                return found
            if found.source is not None:
                return Refused("the upload is finished", "upload", "C37")
            if offset != found.offset:
                return Refused(f"the upload stands at {found.offset}, not at {offset}", "offset", "C37")
            if offset + len(piece) > found.size:
                return Refused(f"the upload was announced with {found.size} bytes", "size", "C37")
            with self._part(upload).open("ab") as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            found = self._grown(found)
            return self._finish(found) if found.offset == found.size else found

    def finished(self, upload: str) -> Source | Refused:
        """The film of a finished upload."""
        found = self.find(upload)
        if isinstance(found, Refused):
            return found
        return found.source or Refused("the upload is not finished", "upload", "C37")

    def delete(self, upload: str) -> Refused | None:
        """Give an upload up, or take a finished film away. Refused: a job that has not ended needs it."""
        with self._alone(upload) as found:
            if isinstance(found, Refused):
                return found
            if found.source is not None:
                if found.source.path in self._place.queue.used_since(self._place.queue.now()):
                    return Refused("a job that has not ended needs this film; cancel it first", "upload", "C37")
                self._place.objects.delete([found.source.path])
            self._forget(upload)
        return None

    def sweep(self) -> int:
        """Take away what was begun a week ago and never finished, whosever it is; how many."""
        gone = 0
        for found in self._everyones():
            if found.source is None and found.made + LIFE_MS < self._place.queue.now():
                self._forget(found.id)
                gone += 1
        return gone

    def expire(self) -> int:
        """Take away films that no job has used for so many days as the operator set, whosever they are; how many."""
        days = self._place.upload_days
        before = self._place.queue.now() - days * DAY_MS
        old = [one for one in self._everyones() if one.source is not None and one.made < before] if days else []
        used = self._place.queue.used_since(before) if old else frozenset()
        gone = [one for one in old if one.source is not None and one.source.path not in used]
        for one in gone:
            Uploads(self._place, one.tenant).delete(one.id)
        return len(gone)

    def _everyones(self) -> list[Upload]:
        found = (self._noted(path) for path in self._folder.glob("*.json"))
        return [one for one in found if one is not None]

    def _finish(self, upload: Upload) -> Upload | Refused:
        part = self._part(upload.id)
        digest = digest_of(part)
        if upload.digest and digest != upload.digest:
            self._forget(upload.id)
            return Refused(f"what arrived has the digest {digest}; send it again", "digest", "C37")
        name = f"{tenant_folder(self._tenant)}/{upload.id}"
        try:
            self._place.objects.put(name, part)
        except Trouble:
            return Refused(UNREACHABLE, "objects", "C37")
        done = msgspec.structs.replace(upload, source=Source(name, digest, upload.size))
        self._keep(done)
        part.unlink(missing_ok=True)
        self._lock(upload.id).unlink(missing_ok=True)
        return done

    def _grown(self, upload: Upload) -> Upload:
        if upload.source is not None:
            return msgspec.structs.replace(upload, offset=upload.size)
        part = self._part(upload.id)
        return msgspec.structs.replace(upload, offset=part.stat().st_size if part.exists() else 0)

    def _keep(self, upload: Upload) -> None:
        write_durably(self._note(upload.id), msgspec.json.encode(upload), 0o600)

    def _forget(self, upload: str) -> None:
        for path in (self._part(upload), self._note(upload), self._lock(upload)):
            path.unlink(missing_ok=True)

    @staticmethod
    def _noted(path: Path) -> Upload | None:
        """What is kept of an upload; None when it is gone by now, or not whole."""
        try:
            return _DECODER.decode(path.read_bytes())
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def _note(self, upload: str) -> Path:
        return self._folder / f"{upload}.json"

    def _part(self, upload: str) -> Path:
        return self._folder / f"{upload}.part"

    def _lock(self, upload: str) -> Path:
        return self._folder / f"{upload}.lock"

    @contextmanager
    def _alone(self, upload: str) -> Iterator[Upload | Refused]:
        """The upload as it stands once nobody else is at it; Refused as by `find`."""
        found = self.find(upload)
        if isinstance(found, Refused):
            yield found
            return
        with self._lock(upload).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Whoever was at it before may have finished it, or given it up.
            yield self.find(upload)


def tenant_folder(tenant: str) -> str:
    """Where a tenant's objects lie: one folder, whatever its name is made of."""
    return f"tenants/{quote(tenant, safe='')}"


def _is_name(upload: str) -> bool:
    return upload.isascii() and upload.replace("-", "").isalnum()


def _is_digest(text: str) -> bool:
    name = text.removeprefix("sha256:")
    return text.startswith("sha256:") and len(name) == 64 and all(letter in "0123456789abcdef" for letter in name)


def _clean(label: str) -> str:
    """The last part of a name, without anything that could act on a page or a terminal."""
    last = label.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "film"
