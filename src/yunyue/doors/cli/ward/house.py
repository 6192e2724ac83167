"""What the installation's folder holds besides the journal: its modes, keys, jobs, accounts; and its port."""

import socket
import sqlite3
import stat
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg

from yunyue.answer import Refused
from yunyue.doors.cli.broken import refused_for
from yunyue.doors.cli.installed import before_accounts
from yunyue.doors.cli.ward.finding import Finding, fault, note, ok
from yunyue.doors.web import setup
from yunyue.host.ciphers import Unavailable
from yunyue.host.keys import LogKeys
from yunyue.host.settings import Settings
from yunyue.settlement.statement import Said

FOLDER: Final = Said("安装文件夹", "Home folder")
KEYS: Final = Said("签名密钥", "Signing keys")
JOBS: Final = Said("作业库", "Jobs database")
ACCOUNTS: Final = Said("账户库", "Accounts database")
PORT: Final = Said("端口", "Port")
PATIENCE_SECONDS: Final = 3
SERVER: Final = (
    "检查数据库服务与 YUNYUE_DATABASE；损坏则以 pg_restore 恢复",
    "check the database server and YUNYUE_DATABASE; what is damaged comes back with pg_restore",
)


def folder(settings: Settings) -> Finding:
    """There, ours, and closed to others."""
    home = settings.home
    if not home.is_dir():
        return fault(FOLDER, str(home), "尚未安装：运行 ./yunyue up", "nothing is installed: run ./yunyue up")
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        return fault(FOLDER, f"{home} {mode:04o}", f"chmod 700 {home}", f"chmod 700 {home}")
    return ok(FOLDER, f"{home} {mode:04o}")


def keys(settings: Settings) -> Finding:
    """Readable by their owner alone, and really keys."""
    where = settings.home / "keys"
    found = LogKeys.open(where, settings.origin, create=False)
    if isinstance(found, Refused):
        keep = f"核对权限（文件夹 700、文件 600），或自备份取回 {where}"
        return fault(KEYS, str(found), keep, f"check modes (folder 700, files 600), or bring {where} back")
    if isinstance(found.sm2, Unavailable):
        return note(KEYS, f"Ed25519; SM2: {found.sm2}", "apt-get install -y libssl3", "apt-get install -y libssl3")
    return ok(KEYS, "Ed25519, SM2")


def jobs(settings: Settings) -> Finding:
    """The database of durable jobs is whole."""
    if settings.database != "sqlite":
        return _jobs_there(settings.database)
    path = settings.home / "jobs.sqlite"
    if not path.exists():
        return note(JOBS, "-", "首次 ./yunyue up 时建立", "made by the first ./yunyue up")
    try:
        with closing(sqlite3.connect(path)) as connection:
            answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as broken:
        answer = str(broken)
    if answer == "ok":
        return ok(JOBS, str(path))
    return fault(JOBS, answer, f"停止服务，移走 {path} 后重新启动", f"stop, move {path} away, start again")


def _jobs_there(address: str) -> Finding:
    """The same in PostgreSQL: every job that is kept can be read."""
    try:
        with psycopg.connect(address, connect_timeout=PATIENCE_SECONDS) as connection:
            there = connection.execute("SELECT to_regclass('dbos.workflow_status') IS NOT NULL").fetchone()
            if there != (True,):
                return note(JOBS, "PostgreSQL", "首次 ./yunyue up 时建立", "made by the first ./yunyue up")
            count = connection.execute("SELECT count(status) FROM dbos.workflow_status").fetchone()
    except psycopg.Error as broken:
        return fault(JOBS, str(refused_for(broken)), *SERVER)
    return ok(JOBS, f"PostgreSQL, {count[0] if count else 0}")


def accounts(settings: Settings) -> Finding:
    """The tables of accounts are up to date."""
    path = settings.home / "accounts.sqlite"
    if settings.database == "sqlite" and not path.exists():
        return note(ACCOUNTS, "-", "首次 ./yunyue up 时建立", "made by the first ./yunyue up")
    before_accounts()
    try:
        waiting = setup.unapplied(settings)
    except Exception as broken:  # Django wraps what the database says in exceptions of its own making
        if settings.database != "sqlite":
            return fault(ACCOUNTS, str(broken).strip(), *SERVER)
        return fault(ACCOUNTS, str(broken), f"自备份取回 {path}", f"bring {path} back from a backup")
    if waiting:
        return fault(ACCOUNTS, ", ".join(waiting), "运行 ./yunyue up 以迁移", "run ./yunyue up, which migrates")
    return ok(ACCOUNTS, str(path) if settings.database == "sqlite" else "PostgreSQL")


def port(settings: Settings) -> Finding:
    """Free, or taken by ourselves."""
    address = f"http://{settings.bind}:{settings.port}"
    with closing(socket.socket()) as one:
        one.settimeout(PATIENCE_SECONDS)
        taken = one.connect_ex((settings.bind.strip("[]"), settings.port)) == 0
    if not taken:
        return ok(PORT, f"{settings.port} free")
    try:
        with urllib.request.urlopen(f"{address}/livez", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - our own address
            if answer.read(16).strip() == b"ok":
                return ok(PORT, f"{address} served")
    except (OSError, ValueError, urllib.error.URLError):
        pass  # Whoever holds the port does not answer as we would.
    other = Path("./yunyue").name
    return fault(
        PORT, f"{settings.port} taken", f"换一个端口： ./{other} up --port N", f"choose another: ./{other} up --port N"
    )
