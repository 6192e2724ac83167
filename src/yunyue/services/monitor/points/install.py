"""Puts a probe point on a machine with one command: its token, its configuration, and a service that starts with it.

    python -m yunyue.services.monitor.points.install https://yunyue.example.gov.cn beijing-2024 < token

The token comes by standard input, since everybody on a machine can read the words of a command. Where systemd runs the
service is started; elsewhere the unit and the command to run lie ready.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.monitor.points.config import load

UNIT: Final = """[Unit]
Description=Yunyue probe point
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={python} -m yunyue.services.monitor.points.agent {config}
Restart=always
RestartSec=5
DynamicUser=yes
StateDirectory=yunyue-point
LoadCredential=token:{token}
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
"""
CONFIG: Final = "etc/yunyue-point/point.toml"
TOKEN: Final = "etc/yunyue-point/token"  # noqa: S105 - a place, not a secret
SERVICE: Final = "etc/systemd/system/yunyue-point.service"
STATE: Final = "/var/lib/yunyue-point"
CREDENTIAL: Final = "/run/credentials/yunyue-point.service/token"


def install(platform: str, contract: str, token: str, root: Path = Path("/")) -> Path | Refused:
    """Write the files under `root`; where the unit lies. Refused: an address or contract that is none, no token."""
    if not token:
        return Refused("give the token by standard input", "token")
    said = {"platform": platform, "contract": contract, "folder": STATE, "token_file": CREDENTIAL}
    config, secret, unit = (root / one for one in (CONFIG, TOKEN, SERVICE))
    draft = config.with_suffix(".new")
    _write(draft, "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items()), 0o644)
    checked = load(draft)
    if isinstance(checked, Refused):
        draft.unlink()
        return checked
    draft.rename(config)
    _write(secret, token + "\n", 0o600)
    _write(unit, UNIT.format(python=sys.executable, config=f"/{CONFIG}", token=f"/{TOKEN}"), 0o644)
    return unit


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)


def main(arguments: list[str]) -> int:
    """Install, and start where systemd runs."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m yunyue.services.monitor.points.install PLATFORM CONTRACT < TOKEN\n")
        return 2
    done = install(arguments[0], arguments[1], sys.stdin.readline().strip())
    if isinstance(done, Refused):
        sys.stderr.write(f"{done}\n")
        return 2
    if not Path("/run/systemd/system").exists() or not shutil.which("systemctl"):
        agent = f"{sys.executable} -m yunyue.services.monitor.points.agent /{CONFIG}"
        sys.stdout.write(f"{done} is written; systemd does not run here, so start it yourself: {agent}\n")
        return 0
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    return subprocess.run(["systemctl", "enable", "--now", "yunyue-point"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
