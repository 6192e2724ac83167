"""The way in for films and out for results: resumable uploads, jobs, templates, under /transcode/v1/{contract}.

Large bodies never pass through Django: they are read here piece by piece. Programs show a token with the scope
transcode:read or transcode:write; the console's own pages their session and a header no other site can send. Results
are read under /transcode/files by whoever holds a signed link, as players do.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.doors.data.noting import SEEN, STRANGER, Seen
from yunyue.doors.data.sites import Sites
from yunyue.doors.data.transcode_wire import away, body_of, fields_of, log, number, pieces, refusal, span_of, told
from yunyue.doors.films import shown_turnaround
from yunyue.services.transcode.desk import Desk, Reader, asked_of, open_desk
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.opening import place_of
from yunyue.services.transcode.uploads import Upload

PREFIX: Final = "/transcode/v1/{contract}"
FILES: Final = "/transcode/files/{contract}/{link}/{job}"
READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the tenant they belong to, and who they are for the records."""

    tenant: str
    seen: Seen = field(default=STRANGER, compare=False)


@dataclass(frozen=True, slots=True)
class Turned:
    """Who asks is turned away: 401 for nobody, 403 for somebody who may not."""

    status: int
    reason: str
    seen: Seen = field(default=STRANGER, compare=False)


Find = Callable[[str], Host | None]
"""The host of a contract's transcoding; None when there is no such contract."""

Who = Callable[[Mapping[str, str], Mapping[str, str], str, str], Asker | Turned]
"""From headers, cookies, "read" or "write", and the contract: who asks. It may wait for a database."""

Answer = Callable[[Desk, Request, Any], Any]


def routes(find: Find, who: Who, origins: tuple[str, ...] = ()) -> tuple[Route, ...]:
    """What the front door offers for transcoding. `origins`: other sites whose pages may ask, by token or by link."""
    door = _Door(find, who)
    files = _Files(find)
    sites = [Middleware(Sites, origins=frozenset(origins))] if origins else []

    def route(path: str, endpoint: Callable[[Request], Awaitable[Response]], methods: list[str]) -> Route:
        return Route(path, endpoint, methods=[*methods, *(["OPTIONS"] if origins else [])], middleware=sites)

    def at(path: str, verbs: Mapping[str, Answer]) -> Route:
        return route(PREFIX + path, door.answering(verbs), sorted(verbs))

    return (
        at("/uploads", {"GET": _uploads, "POST": _open_upload}),
        route(f"{PREFIX}/uploads/{{upload}}", door.appended, ["PATCH"]),
        at("/uploads/{upload}", {"GET": _upload, "HEAD": _upload, "DELETE": _delete_upload}),
        at("/jobs", {"GET": _jobs, "POST": _submit}),
        at("/jobs/{job}", {"GET": _job, "DELETE": _cancel}),
        at("/jobs/{job}/result", {"GET": _result}),
        at("/jobs/{job}/link", {"POST": _link}),
        at("/turnaround", {"GET": _turnaround}),
        at("/callbacks", {"GET": _callbacks}),
        at("/callbacks/secret", {"POST": _callback_secret}),
        at("/templates", {"GET": _templates, "POST": _put_template}),
        at("/templates/{name}", {"GET": _template, "DELETE": _retire_template}),
        route(f"{FILES}/{{path:path}}", files.answer, ["GET", "HEAD"]),
    )


class _Door:
    """Finds out who asks, opens their desk, and says what was answered."""

    def __init__(self, find: Find, who: Who) -> None:
        self._find = find
        self._who = who

    def answering(self, verbs: Mapping[str, Answer]) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint of several verbs, each a function of a desk."""

        async def answered(request: Request) -> Response:
            body = await body_of(request)
            if isinstance(body, Response):
                return body
            return await run_in_threadpool(self._said, verbs[request.method], request, body)

        return answered

    async def appended(self, request: Request) -> Response:
        """PATCH: the body is added to the upload piece by piece, each on disk before the next is read."""
        desk = await run_in_threadpool(self._desk, request)
        if isinstance(desk, Response):
            return desk
        upload, offset = request.path_params["upload"], number(request.headers.get("upload-offset", ""))
        if offset is None:
            return refusal(Refused("the header Upload-Offset says where the piece begins", "offset", "C37"))
        found: Upload | Refused = await run_in_threadpool(desk.uploads.find, upload)
        try:
            async for piece in pieces(request.stream()):
                found = await run_in_threadpool(desk.uploads.append, upload, offset, piece)
                if isinstance(found, Refused):
                    return refusal(found, 409 if found.field == "offset" else None)
                offset += len(piece)
        except ClientDisconnect:
            # What arrived before the line broke stays; the sender asks for the offset and goes on from there.
            return Response(status_code=400)
        except OSError as error:
            log.error("a piece of a film could not be kept", upload=upload, reason=str(error))
            return refusal(Refused("the piece could not be written; ask for the offset and go on", "disk", "C37"), 507)
        return refusal(found) if isinstance(found, Refused) else _upload_answer(found, 200)

    def _said(self, answer: Answer, request: Request, body: Any) -> Response:
        desk = self._desk(request)
        if isinstance(desk, Response):
            return desk
        try:
            said = answer(desk, request, body)
        except (QueueBroken, *Trouble) as error:
            return away(error)
        if isinstance(said, Response):
            return said
        return refusal(said) if isinstance(said, Refused) else told(said)

    def _desk(self, request: Request) -> Desk | Response:
        contract = request.path_params["contract"]
        act = "read" if request.method in READING else "write"
        who = self._who(request.headers, request.cookies, act, contract)
        request.scope[SEEN] = who.seen
        if isinstance(who, Turned):
            headers = {"WWW-Authenticate": "Bearer"} if who.status == 401 else {}
            return JSONResponse({"reason": who.reason}, who.status, headers)
        host = self._find(contract)
        if host is None:
            return refusal(Refused(f"there is no contract {contract!r}", "contract"))
        desk = open_desk(host, who.tenant)
        return refusal(desk, 503) if isinstance(desk, Refused) else desk


class _Files:
    """Serves results to whoever holds a signed link, in parts when asked for parts."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def answer(self, request: Request) -> Response:
        """One file, or the key of an encrypted result."""
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        given = request.path_params
        host = self._find(given["contract"])
        place = place_of(host) if host is not None else Refused("there is no such contract", "contract")
        if isinstance(place, Refused):
            return refusal(place)
        reader = Reader(place)
        try:
            if given["path"] == "key":
                key = reader.key(given["link"], given["job"])
                return refusal(key) if isinstance(key, Refused) else Response(key, headers=_PRIVATE)
            found = reader.file(given["link"], given["job"], given["path"])
            if isinstance(found, Refused):
                return refusal(found)
            name, kind, size = found
            span = span_of(request.headers.get("range", ""), size)
            headers = {**_PRIVATE, "Content-Type": kind, "Accept-Ranges": "bytes"}
            if request.method == "HEAD":
                return Response(headers={**headers, "Content-Length": str(size)})
            if span is None:
                pieces = iterate_in_threadpool(place.objects.stream(name))
                return StreamingResponse(pieces, headers={**headers, "Content-Length": str(size)})
            start, end = span
            if start >= end:
                return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            return Response(place.objects.part(name, start, end), 206, headers)
        except (QueueBroken, *Trouble) as error:
            return away(error)


_PRIVATE: Final = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}


def _uploads(desk: Desk, _request: Request, _body: Any) -> Any:
    return {"uploads": [_shown_upload(one) for one in desk.uploads.all()]}


def _open_upload(desk: Desk, _request: Request, body: Any) -> Any:
    asked = fields_of(body, {"label": str, "size": int, "digest": str})
    if isinstance(asked, Refused):
        return asked
    made = desk.uploads.open(asked.get("label", "film"), asked.get("size", 0), asked.get("digest", ""))
    return made if isinstance(made, Refused) else _upload_answer(made, 201)


def _upload(desk: Desk, request: Request, _body: Any) -> Any:
    found = desk.uploads.find(request.path_params["upload"])
    return found if isinstance(found, Refused) else _upload_answer(found, 200)


def _delete_upload(desk: Desk, request: Request, _body: Any) -> Any:
    return desk.uploads.delete(request.path_params["upload"]) or Response(status_code=204)


def _submit(desk: Desk, _request: Request, body: Any) -> Any:
    asked = asked_of(body if isinstance(body, dict) else {})
    job = asked if isinstance(asked, Refused) else desk.submit(asked)
    return job if isinstance(job, Refused) else told(shown_job(job, desk.place.queue.now()), 202)


def _jobs(desk: Desk, request: Request, _body: Any) -> Any:
    state = request.query_params.get("state") or None
    if state not in (None, "queued", "running", "done", "failed", "cancelled"):
        return Refused("a state is queued, running, done, failed or cancelled", "state", "C37")
    limit = number(request.query_params.get("limit", "50"))
    found = desk.jobs(state, request.query_params.get("before") or "~", limit if limit is not None else 50)  # type: ignore[arg-type] # checked above
    now = desk.place.queue.now()
    return {"jobs": [shown_job(one, now) for one in found]}


def _job(desk: Desk, request: Request, _body: Any) -> Any:
    found = desk.job(request.path_params["job"])
    if isinstance(found, Refused):
        return found
    course = desk.course(found)
    pieces = {"all": course.pieces, "done": course.done}
    return {**shown_job(found, desk.place.queue.now()), "in_one_piece": course.whole, "pieces": pieces}


def _turnaround(desk: Desk, _request: Request, _body: Any) -> Any:
    return {"months": [shown_turnaround(one) for one in desk.turnarounds()]}


def _cancel(desk: Desk, request: Request, _body: Any) -> Any:
    found = desk.cancel(request.path_params["job"])
    return found if isinstance(found, Refused) else told(shown_job(found, desk.place.queue.now()), 202)


def _result(desk: Desk, request: Request, _body: Any) -> Any:
    return desk.result(request.path_params["job"])


def _link(desk: Desk, request: Request, body: Any) -> Any:
    asked = fields_of(body or {}, {"seconds": int})
    if isinstance(asked, Refused):
        return asked
    made = desk.link(request.path_params["job"], asked.get("seconds", 3600))
    if isinstance(made, Refused):
        return made
    return {"address": f"/transcode/files/{request.path_params['contract']}/{made}/"}


def _callbacks(desk: Desk, request: Request, _body: Any) -> Any:
    limit = number(request.query_params.get("limit", "100"))
    return {"callbacks": desk.calls(limit if limit is not None else 100)}


def _callback_secret(desk: Desk, _request: Request, _body: Any) -> Any:
    """To be asked for with a token that may write: whoever has it can sign as we do."""
    return {"secret": desk.callback_secret()}


def _templates(desk: Desk, _request: Request, _body: Any) -> Any:
    return {"templates": desk.shelf.all()}


def _put_template(desk: Desk, _request: Request, body: Any) -> Any:
    made = desk.shelf.put(body if isinstance(body, dict) else {})
    return made if isinstance(made, Refused) else told(made, 201)


def _template(desk: Desk, request: Request, _body: Any) -> Any:
    version = number(request.query_params.get("version", "0"))
    return desk.shelf.find(request.path_params["name"], version or 0)


def _retire_template(desk: Desk, request: Request, _body: Any) -> Any:
    return desk.shelf.retire(request.path_params["name"]) or Response(status_code=204)


def shown_job(job: Job, now: int) -> dict[str, Any]:
    """A job as it is shown: without the sealed key, with the time it will still take."""
    return {
        "id": job.id,
        "label": job.request.label,
        "template": {"name": job.request.template.name, "version": job.request.template.version},
        "state": job.state,
        "priority": job.priority,
        "created": job.created,
        "started": job.started,
        "ended": job.ended,
        "took": job.took / 1000 if job.took is not None else None,
        "share": round(job.share, 4),
        "speed": round(job.speed, 2),
        "doing": job.doing,
        "seconds_left": job.seconds_left(now),
        "class": job.kind,
        "reason": job.reason,
        "seconds": job.seconds / 1000,
    }


def _shown_upload(one: Upload) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "size": one.size,
        "offset": one.offset,
        "finished": one.source is not None,
        "digest": one.source.digest if one.source is not None else one.digest,
    }


def _upload_answer(one: Upload, status: int) -> Response:
    headers = {"Upload-Offset": str(one.offset), "Upload-Length": str(one.size), "Cache-Control": "no-store"}
    headers["Upload-Complete"] = "?1" if one.source is not None else "?0"
    return told(_shown_upload(one), status, headers)
