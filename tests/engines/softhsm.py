"""A PKCS#11 token in a temporary folder: Debian's SoftHSM, installed with apt-get when missing and we are root."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "246813", "yunyue-test"


def installed() -> bool:
    """Is it there, after an attempt to install it?"""
    if not MODULE.exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (("update",), ("install", "-y", "--no-install-recommends", "softhsm2")):
            subprocess.run(["apt-get", "-qq", *words], check=False, capture_output=True)
    return MODULE.exists() and shutil.which("softhsm2-util") is not None


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh token (YUNYUE_CRYPTO_SEAL). One for the session: a module is loaded once in a process."""
    assert installed(), "SoftHSM cannot be installed; run: apt-get install softhsm2"
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    (folder / "pin").write_text(PIN)
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "1357", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    yield f"pkcs11:token={LABEL};object=root?module-path={MODULE}&pin-source={folder}/pin"
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
