"""Keys of encrypted streams from a running crypto service: a real server, asked over HTTP, sealed and opened again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from films import Films
from openbao import Server, our_server
from transcode_cast import Moved, desk_at, ended, place_at, submitted, uploaded, working

from yunyue.answer import Refused
from yunyue.services.transcode.desk import Asked, Desk, Reader
from yunyue.services.transcode.engine.keys import ContentKey
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker
from yunyue.services.transcode.keys import content_key
from yunyue.services.transcode.keyspace import FILE, open_door
from yunyue.services.transcode.place import Place

ENCRYPTED = {"encryption": {"scheme": "aes-128"}}


@dataclass
class Keys:
    """The crypto service, and the desk of a department whose films it seals."""

    server: Server
    desk: Desk
    clock: Moved

    @property
    def place(self) -> Place:
        return self.desk.place

    def seal(self) -> None:
        self.server.ask("PUT", "sys/seal").raise_for_status()

    def unseal(self) -> None:
        self.server.ask("PUT", "sys/unseal", {"key": self.server.shares[0]}).raise_for_status()

    def job(self, films: Films) -> Job:
        return submitted(self.desk, films.path("plain"), template="hls-ts", overrides=ENCRYPTED)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with our_server(tmp_path_factory.mktemp("vault") / "crypto") as made:
        made.initialise()
        made.ask("POST", "sys/mounts/films", {"type": "transit"}).raise_for_status()
        made.ask("POST", "films/keys/streams", {"type": "aes256-gcm96"}).raise_for_status()
        yield made


@pytest.fixture
def keys(server: Server, tmp_path: Path) -> Iterator[Keys]:
    clock = Moved()
    place = place_at(tmp_path / "place", clock=clock)
    written(place.folder, address=server.address, token=server.token)
    place = replace(place, door=open_door(place.folder))
    made = Keys(server, desk_at(place, tmp_path), clock)
    yield made
    made.unseal()


def written(folder: Path, mode: int = 0o600, **given: str) -> None:
    path = folder / FILE
    path.write_text(json.dumps({"mount": "films", "key": "streams", **given}))
    path.chmod(mode)


def once(keys: Keys) -> None:
    """One task, by a worker that beats no further."""
    from threading import Event

    assert Worker(keys.place, Leases(keys.place.queue)).once(Event())


def test_a_stream_is_sealed_with_a_key_of_the_service_and_its_players_are_given_that_key(
    keys: Keys, films: Films
) -> None:
    job = keys.job(films)
    assert job.request.key.startswith("vault:v1:")
    with working(keys.place):
        done = ended(keys.desk, job.id)
    assert done.state == "done", done.reason
    link = keys.desk.link(job.id)
    assert isinstance(link, str)
    reader, given = Reader(keys.place), link.partition("/")[0]
    key = reader.key(given, job.id)
    assert isinstance(key, bytes)
    assert len(key) == 16
    found = reader.file(given, job.id, "video-180p/00000.ts")
    assert not isinstance(found, Refused)
    content = content_key(job.id, job.request.key, "", keys.place.door)
    assert isinstance(content, ContentKey)
    assert content.key == key
    opened = Cipher(algorithms.AES(key), modes.CBC(content.vector)).decryptor()
    clear = opened.update(keys.place.objects.read(found[0]) or b"") + opened.finalize()
    assert clear[0] == clear[188] == 0x47
    for path in keys.place.folder.rglob("*"):
        if path.is_file():
            assert key not in path.read_bytes(), path
            assert key.hex().encode() not in path.read_bytes(), path


def test_every_film_has_a_key_of_its_own(keys: Keys, films: Films) -> None:
    first, second = (
        content_key(one.id, one.request.key, "", keys.place.door) for one in (keys.job(films), keys.job(films))
    )
    assert isinstance(first, ContentKey)
    assert isinstance(second, ContentKey)
    assert first.key != second.key


def test_while_the_service_is_sealed_no_encrypted_job_is_taken_and_others_are(keys: Keys, films: Films) -> None:
    upload = uploaded(keys.desk, films.path("plain"))
    keys.seal()
    refused = keys.desk.submit(Asked(upload=upload, template="hls-ts", overrides=ENCRYPTED))
    assert isinstance(refused, Refused)
    assert "sealed" in refused.reason
    assert keys.desk.jobs() == ()
    assert isinstance(keys.desk.submit(Asked(upload=upload, template="hls-ts")), Job)


def test_a_job_waits_visibly_for_a_service_that_was_sealed_meanwhile_and_goes_on(keys: Keys, films: Films) -> None:
    job = keys.job(films)
    keys.seal()
    once(keys)
    waiting = keys.desk.job(job.id)
    assert isinstance(waiting, Job)
    assert (waiting.state, waiting.kind) == ("running", "infrastructure")
    assert "sealed" in waiting.reason
    keys.unseal()
    keys.clock.at += 2_000
    once(keys)
    done = keys.desk.job(job.id)
    assert isinstance(done, Job)
    assert (done.state, done.kind, done.reason) == ("done", "", "")


def test_a_job_whose_service_stays_sealed_fails_as_ours_and_says_why(keys: Keys, films: Films) -> None:
    job = keys.job(films)
    keys.seal()
    for _ in range(4):
        once(keys)
        keys.clock.at += 60_000
    failed = keys.desk.job(job.id)
    assert isinstance(failed, Job)
    assert (failed.state, failed.kind) == ("failed", "infrastructure")
    assert "sealed" in failed.reason


def test_players_get_no_key_while_the_service_is_sealed(keys: Keys, films: Films) -> None:
    job = keys.job(films)
    once(keys)
    link = keys.desk.link(job.id)
    assert isinstance(link, str)
    keys.seal()
    refused = Reader(keys.place).key(link.partition("/")[0], job.id)
    assert isinstance(refused, Refused)
    assert "sealed" in refused.reason


def test_a_token_the_service_does_not_know_is_refused_with_its_words(keys: Keys, films: Films) -> None:
    written(keys.place.folder, address=keys.server.address, token="nobody")
    desk = replace(keys.desk, place=replace(keys.place, door=open_door(keys.place.folder)))
    upload = uploaded(desk, films.path("plain"))
    refused = desk.submit(Asked(upload=upload, template="hls-ts", overrides=ENCRYPTED))
    assert isinstance(refused, Refused)
    assert "permission denied" in refused.reason


def test_a_service_that_is_not_there_is_said_to_be_away(keys: Keys, films: Films) -> None:
    written(keys.place.folder, address="http://127.0.0.1:9", token="x")
    desk = replace(keys.desk, place=replace(keys.place, door=open_door(keys.place.folder)))
    refused = desk.submit(Asked(upload=uploaded(desk, films.path("plain")), template="hls-ts", overrides=ENCRYPTED))
    assert isinstance(refused, Refused)
    assert "does not answer" in refused.reason


@pytest.mark.parametrize(
    ("mode", "given"),
    [(0o640, {"address": "http://x", "token": "t"}), (0o600, {"address": "x", "token": "t"}), (0o600, {"token": "t"})],
)
def test_a_key_file_that_others_read_or_that_makes_no_sense_is_not_used(
    tmp_path: Path, mode: int, given: dict[str, str]
) -> None:
    written(tmp_path, mode, **given)
    assert open_door(tmp_path) is None
    assert open_door(tmp_path / "elsewhere") is None


def test_a_key_of_another_length_is_not_used() -> None:
    class Short:
        def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
            return b"short", "vault:v1:x"

        def decrypt(self, ciphertext: str, bound: bytes = b"") -> bytes | Refused:
            return b"short"

    refused = content_key("job-1", "vault:v1:x", "", Short())
    assert isinstance(refused, Refused)
    assert "another length" in refused.reason
    assert isinstance(content_key("job-1", "x", "", None), Refused)
