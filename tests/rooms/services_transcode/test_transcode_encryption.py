"""Encrypted streams: what is published shows nothing, and with the key it gives every frame."""

import subprocess
from pathlib import Path

import m3u8  # type: ignore[import-untyped] # the package brings no types
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from films import Films, engines
from workshop import KEY, Made, joined, make

from yunyue.services.transcode.plan.package import KEY_FILE, KEY_FLAGS, KEY_NOTE

HLS = ("-allowed_extensions", "ALL", "-extension_picky", "0")


def frames_of(path: Path, *options: str) -> list[str]:
    """Digests of the frames that decode; none when nothing does."""
    command = [str(engines().ffmpeg), "-nostdin", "-v", "quiet", *options, "-i", str(path)]
    command += ["-map", "0:v:0", "-f", "framemd5", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [line.split(",")[-1].strip() for line in done.stdout.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module", params=[("hls-ts", "aes-128"), ("hls-ts", "sample-aes"), ("hls-dash", "cbcs")])
def encrypted(request: pytest.FixtureRequest, films: Films, tmp_path_factory: pytest.TempPathFactory) -> Made:
    output, scheme = request.param
    folder = tmp_path_factory.mktemp(scheme) / "job"
    return make(films.path("plain"), folder, key=KEY, output=output, encryption={"scheme": scheme})


def test_the_playlist_names_the_address_of_the_key_and_never_the_key(encrypted: Made) -> None:
    playlist = m3u8.load(str(encrypted.public / "video-180p" / "index.m3u8"))
    (key,) = [one for one in playlist.keys if one is not None]
    assert key.uri == "key.bin"
    for path in encrypted.public.rglob("*"):
        assert not path.is_file() or (
            KEY.key not in path.read_bytes() and KEY.key.hex().encode() not in path.read_bytes()
        )


def test_no_command_carries_the_key(encrypted: Made) -> None:
    given = " ".join(argument for step in encrypted.plan.steps for argument in step.arguments)
    assert KEY.key.hex() not in given


def test_files_with_the_key_are_for_our_own_user_and_are_not_published(encrypted: Made) -> None:
    for name in (KEY_FILE, KEY_FLAGS, KEY_NOTE):
        assert (encrypted.folder / name).stat().st_mode & 0o077 == 0
        assert not (encrypted.public / name).exists()


def test_a_key_is_not_shown_by_its_repr() -> None:
    assert "kkkk" not in repr(KEY)


def test_the_master_is_read_by_others(encrypted: Made) -> None:
    master = m3u8.load(str(encrypted.public / "master.m3u8"))
    assert [one.stream_info.resolution for one in master.playlists] == [(320, 180), (160, 90)]
    assert all(one.stream_info.frame_rate == 25 and one.stream_info.codecs for one in master.playlists)


def test_with_the_key_every_frame_is_there(encrypted: Made) -> None:
    folder = encrypted.public / "video-180p"
    wanted = frames_of(encrypted.folder / "video-180p.mp4")
    if (folder / "init.mp4").exists():
        whole = joined(folder, encrypted.folder / "whole.mp4")
        assert frames_of(whole, "-decryption_key", KEY.key.hex()) == wanted
        return
    (folder / "key.bin").write_bytes(KEY.key)
    try:
        found = frames_of(folder / "index.m3u8", *HLS)
        assert len(found) == len(wanted)
        # ffmpeg's reader of SAMPLE-AES stumbles over the very last picture of a stream.
        assert found[:-1] == wanted[:-1]
    finally:
        (folder / "key.bin").unlink()


def test_with_another_key_there_is_no_such_picture(encrypted: Made) -> None:
    folder = encrypted.public / "video-180p"
    wanted = frames_of(encrypted.folder / "video-180p.mp4")
    if (folder / "init.mp4").exists():
        whole = joined(folder, encrypted.folder / "whole.mp4")
        found = frames_of(whole, "-decryption_key", (b"x" * 16).hex())
    else:
        (folder / "key.bin").write_bytes(b"x" * 16)
        try:
            found = frames_of(folder / "index.m3u8", *HLS)
        finally:
            (folder / "key.bin").unlink()
    assert len(wanted) == 50
    assert not set(found) & set(wanted)


def test_aes_128_is_plain_cbc_as_the_standard_says(films: Films, place: Path) -> None:
    made = make(films.path("plain"), place / "job", key=KEY, output="hls-ts", encryption={"scheme": "aes-128"})
    sealed = (made.public / "video-180p" / "00000.ts").read_bytes()
    assert sealed[0] != 0x47
    opened = Cipher(algorithms.AES(KEY.key), modes.CBC(KEY.vector)).decryptor()
    clear = opened.update(sealed) + opened.finalize()
    assert clear[0] == clear[188] == 0x47
