"""The desk where a department hands films in and fetches results: what console, command line and HTTP call.

Every call names the tenant; nothing of another tenant can be seen, and its absence and its presence look the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.services.transcode.calling import callable_at
from yunyue.services.transcode.course import Course, course_of
from yunyue.services.transcode.engine.capabilities import capabilities
from yunyue.services.transcode.instances import Instance, Instances
from yunyue.services.transcode.jobs.calls import Call, calls_of
from yunyue.services.transcode.jobs.job import Brought, Job, Request, Source, State
from yunyue.services.transcode.keys import OCTETS, content_key, no_keys
from yunyue.services.transcode.objects.links import LONGEST_SECONDS, link, opened
from yunyue.services.transcode.objects.manifest import Manifest, read_manifest
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.opening import place_of
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.secret import link_secret, secret_for
from yunyue.services.transcode.templates import Template
from yunyue.services.transcode.templates.shelf import Shelf, changed
from yunyue.services.transcode.turnaround import Turnaround, turnarounds
from yunyue.services.transcode.uploads import UNREACHABLE, Upload, Uploads, tenant_folder

LINK_SECONDS: Final = 3600


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A job as it is asked for. `upload`: the id of a finished upload, or `object`: the path of one of the tenant's.

    `template`: a name, `version` 0 for the newest; `overrides` are laid over it; `files`: uploads by the name the
    template uses, with their kind.
    """

    upload: str = ""
    object: str = ""
    label: str = ""
    template: str = "hls-ladder"
    version: int = 0
    overrides: dict[str, Any] = {}
    files: tuple["AskedFile", ...] = ()
    priority: int = 5
    callback: str = ""


class AskedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further file: an upload, what it is, and the name the template uses for it."""

    name: str
    kind: str
    upload: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One tenant's desk in one contract."""

    place: Place
    host: Host
    tenant: str

    @property
    def uploads(self) -> Uploads:
        """Films on their way in."""
        return Uploads(self.place, self.tenant)

    @property
    def shelf(self) -> Shelf:
        """Our templates and the tenant's."""
        return Shelf(self.place.queue.database, self.place.queue.now, self.tenant)

    def submit(self, asked: Asked) -> Job | Refused:
        """Queue a job. Refused: no order, a film that is not there, a template that does not fit, no key space."""
        order = Instances(Path(self.host.folder)).of_tenant(self.tenant)
        if isinstance(order, Refused):
            return order
        if order.paused:
            return Refused("the order is paused and takes no jobs; resume it first", "tenant", "C37")
        if not 0 <= asked.priority <= 9:
            return Refused("a priority is a number from 0 to 9", "priority", "C37")
        called = callable_at(asked.callback) if asked.callback else None
        if isinstance(called, Refused):
            return called
        template = self.template(asked)
        if isinstance(template, Refused):
            return template
        source = self._source(asked)
        if isinstance(source, Refused):
            return source
        files = self._files(asked)
        if isinstance(files, Refused):
            return files
        key = self._key(template)
        if isinstance(key, Refused):
            return key
        request = Request(
            label=asked.label or self._label(asked),
            source=source,
            template=template,
            files=files,
            priority=asked.priority,
            callback=asked.callback or order.wanted.callback,
            key=key,
            reuse=order.wanted.reuse and not key,
            expires_days=order.wanted.expires_days,
            at_once=order.wanted.at_once,
        )
        return self.place.queue.submit(order.order, self.tenant, request)

    def template(self, asked: Asked) -> Template | Refused:
        """The template of a job with its overrides. Refused: unknown, contradictory, more than this ffmpeg can do."""
        found = self.shelf.find(asked.template, asked.version)
        template = found if isinstance(found, Refused) else changed(found, asked.overrides)
        return template if isinstance(template, Refused) else _possible(template)

    def job(self, job: str) -> Job | Refused:
        """One of the tenant's jobs."""
        return self.place.queue.find(self.tenant, job)

    def jobs(self, state: State | None = None, before: str = "~", limit: int = 50) -> tuple[Job, ...]:
        """The tenant's jobs, newest first."""
        return self.place.queue.listed(self.tenant, state, before, min(max(limit, 1), 500))

    def cancel(self, job: str) -> Job | Refused:
        """Ask a job to stop."""
        return self.place.queue.cancel(self.tenant, job)

    def result(self, job: str) -> Manifest | Refused:
        """What a job gave. Refused: not done yet, failed, expired."""
        found = self.job(job)
        if isinstance(found, Refused):
            return found
        if found.state != "done":
            return Refused(f"the job is {found.state} and has no result", "job", "C37")
        try:
            manifest = read_manifest(self.place.objects, found.result.rpartition("/")[2]) if found.result else None
        except Trouble:
            return Refused(UNREACHABLE, "objects", "C37")
        return manifest or Refused("the result has expired", "job", "C37")

    def link(self, job: str, seconds: int = LINK_SECONDS) -> str | Refused:
        """The signed beginning of the addresses of a job's files, for at most seven days."""
        manifest = self.result(job)
        if isinstance(manifest, Refused):
            return manifest
        expires = self.place.queue.now() // 1000 + min(max(seconds, 60), LONGEST_SECONDS)
        return link(link_secret(self.place), job, expires)

    def course(self, job: Job) -> Course:
        """Whether and how a job's film is divided."""
        return course_of(self.place.queue, job)

    def turnarounds(self) -> tuple[Turnaround, ...]:
        """How long the tenant's jobs took, in the last months."""
        return turnarounds(self.place.queue, (self.tenant,))

    def calls(self, limit: int = 100) -> tuple[Call, ...]:
        """The tenant's callbacks, the newest job's first."""
        with self.place.queue.database.transaction() as hand:
            return calls_of(hand, self.tenant, min(max(limit, 1), 500))

    def callback_secret(self) -> str:
        """What the tenant's server checks signatures with."""
        return secret_for(self.place, self.tenant)

    def _source(self, asked: Asked) -> Source | Refused:
        if bool(asked.upload) == bool(asked.object):
            return Refused("name either an upload or an object", "upload", "C37")
        if asked.upload:
            return self.uploads.finished(asked.upload)
        name = f"{tenant_folder(self.tenant)}/{asked.object}"
        if ".." in asked.object.split("/") or asked.object.startswith("/"):
            return Refused(f"there is no object {asked.object!r}", "object", "C37")
        try:
            size = self.place.objects.size(name)
        except Trouble:
            return Refused(UNREACHABLE, "objects", "C37")
        if size is None:
            return Refused(f"there is no object {asked.object!r}", "object", "C37")
        # Its bytes are not read here; the name and the size stand for them, and an equal result is not looked for.
        return Source(name, f"object:{name}:{size}:{self.place.queue.now()}", size)

    def _label(self, asked: Asked) -> str:
        """What the film was called when it was handed in."""
        upload = self.uploads.find(asked.upload) if asked.upload else None
        return upload.label if isinstance(upload, Upload) else asked.object.rpartition("/")[2]

    def _files(self, asked: Asked) -> tuple[Brought, ...] | Refused:
        found: list[Brought] = []
        for one in asked.files:
            source = self.uploads.finished(one.upload)
            if isinstance(source, Refused):
                return source
            if one.kind not in ("picture", "subtitles", "film"):
                return Refused("a file is a picture, subtitles or a film", "files.kind", "C37")
            if (
                not one.name
                or len(one.name) > 80
                or not all(c.isalnum() or c in "._-" for c in one.name)
                or not one.name.isascii()
            ):
                return Refused("a file's name has letters, digits, dots, hyphens and underlines", "files.name", "C37")
            if one.name in ("film", ".", ".."):
                return Refused("this name is taken by the film itself", "files.name", "C37")
            found.append(msgspec.convert({"name": one.name, "kind": one.kind, "source": source}, Brought))
        return tuple(found)

    def _key(self, template: Template) -> str | Refused:
        """A fresh content key, sealed; empty without encryption."""
        if template.encryption.scheme == "none":
            return ""
        if self.place.door is None:
            return no_keys()
        fresh = self.place.door.fresh(OCTETS)
        return fresh if isinstance(fresh, Refused) else fresh[1]


def open_desk(host: Host, tenant: str) -> Desk | Refused:
    """The desk of a tenant. Refused: transcoding is off on this machine."""
    place = place_of(host)
    return place if isinstance(place, Refused) else Desk(place, host, tenant)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever has a signed link: may read that job's files, and its key."""

    place: Place

    def file(self, given: str, job: str, path: str) -> tuple[str, str, int] | Refused:
        """The object's name, its media type and its bytes. Refused: forged, expired, no such file."""
        refused = opened(link_secret(self.place), given, job, self.place.queue.now() // 1000)
        if refused is not None:
            return refused
        manifest = self._manifest(job)
        found = manifest.file(path) if manifest is not None else None
        if manifest is None or found is None:
            return Refused(f"there is no file {path!r} in this result", "path", "C37")
        return f"{manifest.folder}/{path}", found.type, found.size

    def key(self, given: str, job: str) -> bytes | Refused:
        """The content key of a job, for its players."""
        refused = opened(link_secret(self.place), given, job, self.place.queue.now() // 1000)
        if refused is not None:
            return refused
        found = self._job(job)
        if found is None or not found.request.key:
            return Refused("this result is not encrypted", "path", "C37")
        made = content_key(job, found.request.key, "", self.place.door)
        return made if isinstance(made, Refused) else made.key

    def _job(self, job: str) -> Job | None:
        return self.place.queue.anyones(job)

    def _manifest(self, job: str) -> Manifest | None:
        found = self._job(job)
        return read_manifest(self.place.objects, found.result.rpartition("/")[2]) if found and found.result else None


def _possible(template: Template) -> Template | Refused:
    """The template, unless the programs here lack what it needs."""
    able = capabilities()
    if isinstance(able, Refused):
        return able
    codecs = (template.video.codec,) if template.output in ("hls-dash", "hls-ts", "mp4") else ()
    sounds = (template.audio.codec,) if template.audio.codec != "none" else ()
    filters = [*(("drawtext",) if template.watermarks else ()), *(("libvmaf",) if template.quality_report else ())]
    filters += ["subtitles"] if template.subtitles.mode == "burn" else []
    missing = able.lacking((*codecs, *sounds), tuple(filters))
    if missing:
        return Refused(f"ffmpeg {able.version} lacks {', '.join(missing)}", "template", "C37")
    return template


def instance_of(host: Host, tenant: str) -> Instance | Refused:
    """The order a tenant's jobs are billed to."""
    return Instances(Path(host.folder)).of_tenant(tenant)


def asked_of(values: Mapping[str, object]) -> Asked | Refused:
    """A job as a form, a command or JSON asks for it."""
    try:
        return msgspec.convert(dict(values), Asked, strict=False)
    except msgspec.ValidationError as broken:
        rule, _, where = str(broken).partition(" - at `$.")
        return Refused(rule, where.rstrip("`") or "job", "C37")
