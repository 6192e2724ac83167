"""The sandbox, with a shell inside that tries to get out, to use too much, and to stay alive."""

import os
import selectors
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from yunyue.host.sandbox import Box, Ended, Limits, Shown, Stopped, box, groups, run
from yunyue.host.sandbox.box import INSIDE_OUTPUT
from yunyue.host.sandbox.groups import Groups, clear_dead
from yunyue.host.sandbox.running import NoSandbox, _Watch
from yunyue.host.sandbox.seccomp import CLONE, CLONE3, DENIED, filter_program

BASH = Path("/bin/bash")
LIMITS = Limits(wall=20, cpu=10)
ASLEEP = "(kill -STOP $BASHPID) & wait"
ALLOWED, REFUSED, NOT_THERE, KILLED = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def shell(script: str, output: Path | None = None, shown: tuple[Shown, ...] = (), limits: Limits = LIMITS) -> Ended:
    ended = run(Box(BASH, shown, output), ["-c", script], limits)
    assert isinstance(ended, Ended), ended
    return ended


def stopped(script: str, limits: Limits, output: Path | None = None, stop: threading.Event | None = None) -> Stopped:
    ended = run(Box(BASH, (), output), ["-c", script], limits, stop=stop)
    assert isinstance(ended, Stopped), ended
    return ended


@contextmanager
def no_groups(limits: Limits) -> Iterator[Groups]:
    """As on a machine that lets us make none."""
    yield Groups()


def our_groups() -> list[Path]:
    return [path for path in Path("/sys/fs/cgroup").glob("**/yunyue-*") if f"-{os.getpid()}-" in path.name]


class TestRunning:
    def test_it_gives_back_output_errors_and_exit_code(self) -> None:
        ended = shell("echo said; echo wrong >&2; exit 3")
        assert (ended.output, ended.errors, ended.code) == (b"said\n", "wrong", 3)

    def test_each_line_is_heard_while_it_runs(self) -> None:
        heard: list[str] = []
        run(Box(BASH), ["-c", "echo one; echo two; printf rest"], LIMITS, heard.append)
        assert heard == ["one", "two"]

    def test_what_it_writes_lies_in_its_folder(self, output: Path) -> None:
        shell("echo kept > file", output)
        assert (output / "file").read_text() == "kept\n"

    def test_processor_time_is_counted(self) -> None:
        ended = shell("for ((i=0; i<200000; i++)); do :; done")
        if ended.cpu is not None:
            assert 0.05 < ended.cpu < 10

    def test_a_program_that_is_not_there_is_no_answer_of_the_program(self, tmp_path: Path) -> None:
        with pytest.raises(NoSandbox):
            run(Box(tmp_path / "nothing"), [], LIMITS)

    def test_a_program_that_closes_its_streams_is_waited_for(self, output: Path) -> None:
        ended = shell("exec >&- 2>&-; for ((i=0; i<100000; i++)); do :; done; : > late", output)
        assert ended.code == 0
        assert (output / "late").exists()


class TestWalls:
    @pytest.mark.parametrize("path", ["/etc/passwd", "/root", "/home", "/proc/1/cmdline", "/sys", "/var", "/bin/ls"])
    def test_nothing_of_the_machine_is_there(self, path: str) -> None:
        assert shell(f"[[ -e {path} ]] && echo there").output == b""

    def test_it_cannot_write_outside_its_folder(self, output: Path) -> None:
        ended = shell("for one in / /usr/lib /tmp /dev; do : > $one/x && echo wrote $one; done", output)
        assert ended.output == b""

    def test_what_it_is_shown_it_can_read_and_not_change(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("shown\n")
        shown = (Shown(tmp_path / "secret", "/in/0"),)
        ended = shell("read -r line < /in/0; echo $line; echo changed > /in/0", shown=shown)
        assert ended.output == b"shown\n"
        assert (tmp_path / "secret").read_text() == "shown\n"

    def test_a_link_in_its_folder_leads_nowhere(self, tmp_path: Path, output: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        (output / "link").symlink_to(tmp_path / "secret")
        assert shell("read -r line < link; echo $line", output).output == b"\n"

    def test_it_cannot_reach_a_listener_of_this_machine(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            ended = shell(f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected")
        assert ended.output == b""

    def test_even_making_a_socket_is_refused(self) -> None:
        assert "Operation not permitted" in shell("exec 3<>/dev/udp/127.0.0.1/9").errors

    def test_it_gets_no_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YUNYUE_SECRET", "hidden")
        assert shell("echo ${YUNYUE_SECRET:-none}").output == b"none\n"

    def test_it_is_nobody(self) -> None:
        assert shell("echo $UID").output == b"65534\n"


class TestLimits:
    def test_asked_to_stop_it_ends_within_a_second_with_its_children(self, output: Path) -> None:
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        ended = stopped("(while :; do : >> alive; done) & while :; do :; done", LIMITS, output, stop)
        assert ended.why == "asked"
        assert ended.wall < 1.3
        before = (output / "alive").stat().st_mtime_ns
        assert our_groups() == []
        assert (output / "alive").stat().st_mtime_ns == before

    def test_wall_time(self) -> None:
        assert stopped("while :; do :; done", Limits(wall=0.3, cpu=10)).why == "wall"

    def test_wall_time_of_a_program_that_says_and_does_nothing(self) -> None:
        assert stopped(ASLEEP, Limits(wall=0.3, cpu=10)).why == "wall"

    def test_standing_still(self) -> None:
        ended = stopped(ASLEEP, Limits(wall=60, cpu=10, idle=0.6))
        assert ended.why == "idle"
        assert ended.wall < 60

    def test_standing_still_where_no_groups_can_be_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("yunyue.host.sandbox.running.made", no_groups)
        assert stopped(ASLEEP, Limits(wall=60, cpu=10, idle=0.6)).why == "idle"

    def test_telling_the_time_is_standing_still(self) -> None:
        script = "coproc { kill -STOP $BASHPID; }; while :; do read -t 0.5 -u ${COPROC[0]}; echo out_time_us=0; done"
        heard: list[str] = []
        ended = run(Box(BASH), ["-c", script], Limits(wall=60, cpu=10, idle=3), heard.append)
        assert isinstance(ended, Stopped)
        assert ended.why == "idle"
        assert len(heard) >= 2

    def test_what_works_in_silence_does_not_stand_still(self) -> None:
        assert stopped("while :; do :; done", Limits(wall=2, cpu=10, idle=0.6)).why == "wall"

    def test_processor_time(self) -> None:
        assert stopped("while :; do :; done", Limits(wall=10, cpu=1)).why == "cpu"

    def test_memory(self) -> None:
        assert (
            stopped('x=aaaaaaaa; while :; do x="$x$x"; done', Limits(wall=20, cpu=20, memory=64 << 20)).why == "memory"
        )

    def test_memory_where_no_groups_can_be_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("yunyue.host.sandbox.running.made", no_groups)
        script = 'x=aaaaaaaa; for i in {1..23}; do x="$x$x"; done; while :; do :; done'
        assert stopped(script, Limits(wall=20, cpu=20, memory=64 << 20)).why == "memory"

    def test_one_large_file(self, output: Path) -> None:
        script = 'x=$(printf %65536s); while :; do printf %s "$x"; done > large'
        assert stopped(script, Limits(wall=20, cpu=20, disk=1 << 20), output).why == "disk"
        assert (output / "large").stat().st_size <= 1 << 20

    def test_many_files(self, output: Path) -> None:
        script = 'x=$(printf %65536s); for ((i=0; ; i++)); do printf %s "$x" > $i; done'
        assert stopped(script, Limits(wall=20, cpu=20, disk=4 << 20), output).why == "disk"

    def test_endless_output(self) -> None:
        assert (
            stopped("while :; do echo aaaaaaaaaaaaaaaa; done", Limits(wall=20, cpu=20, lines=1 << 16)).why == "output"
        )

    def test_processes(self, output: Path) -> None:
        script = "for i in {1..40}; do (while :; do :; done) & done; echo all"
        ended = run(Box(BASH, (), output), ["-c", script], Limits(wall=3, cpu=10, processes=16))
        assert isinstance(ended, Stopped) or b"all" not in ended.output

    def test_groups_are_given_back(self) -> None:
        shell("exit 0")
        assert our_groups() == []

    def test_the_walls_cost_little(self) -> None:
        """The quickest of ten: others may be busy on this machine."""
        assert min(shell("exit 0").wall for _ in range(10)) < 0.15


def filtered(program: bytes, machine: int, number: int, flags: int = 0) -> int:
    """What the kernel's interpreter would answer, written again from seccomp(2)."""
    steps = list(struct.iter_unpack("=HBBI", program))
    place, loaded = 0, 0
    while True:
        code, yes, no, value = steps[place]
        place += 1
        match code:
            case 0x20:
                loaded = {0: number, 4: machine, 16: flags}[value]
            case 0x15:
                place += yes if loaded == value else no
            case 0x35:
                place += yes if loaded >= value else no
            case 0x45:
                place += yes if loaded & value else no
            case 0x06:
                return int(value)


@pytest.mark.parametrize("machine", sorted(DENIED))
class TestFilter:
    def test_exactly_the_named_calls_are_refused(self, machine: str) -> None:
        program = filter_program(machine)
        assert program is not None
        refused = {number for number in range(600) if filtered(program, MACHINES[machine], number) == REFUSED}
        assert refused == set(DENIED[machine].values())
        assert {filtered(program, MACHINES[machine], n) for n in set(range(600)) - refused - {CLONE3}} == {ALLOWED}

    def test_threads_may_be_begun_and_namespaces_of_users_may_not(self, machine: str) -> None:
        program = filter_program(machine)
        assert program is not None
        begin, thread, users = CLONE[machine], 0x003D0F00, 0x10000000
        assert filtered(program, MACHINES[machine], begin, thread) == ALLOWED
        assert filtered(program, MACHINES[machine], begin, users) == REFUSED
        assert filtered(program, MACHINES[machine], begin, thread | users) == REFUSED
        assert filtered(program, MACHINES[machine], CLONE3) == NOT_THERE

    def test_another_architecture_is_killed(self, machine: str) -> None:
        program = filter_program(machine)
        assert program is not None
        assert filtered(program, 0x40000003, 1) == KILLED

    def test_numbers_of_the_x32_table_are_refused(self, machine: str) -> None:
        program = filter_program(machine)
        assert program is not None
        assert filtered(program, MACHINES[machine], 0x40000000 | 1) == REFUSED


def test_no_program_inside_makes_a_namespace_of_users_even_where_the_kernel_has_no_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a container, where the limit cannot be set: unshare(1) and clone(2) are both not permitted."""
    monkeypatch.setattr(box, "USERS", tmp_path / "nothing")
    assert "--disable-userns" not in Box(BASH).command([])
    unshare = run(Box(Path("/usr/bin/unshare")), ["--user", "/program", "--version"], LIMITS)
    assert isinstance(unshare, Ended)
    assert "Operation not permitted" in unshare.errors
    script = "import ctypes as c; l = c.CDLL(None, use_errno=True); l.syscall.restype = c.c_long"
    script += "; print(l.syscall(56 if __import__('platform').machine() == 'x86_64' else 220, 0x10000011, 0, 0, 0, 0)"
    script += ", c.get_errno())"
    prefix = Path(sys.base_prefix)
    python = Path(sys.executable).resolve()
    ended = run(Box(python, (Shown(prefix, str(prefix)),)), ["-I", "-c", script], LIMITS)
    assert isinstance(ended, Ended)
    assert ended.output.split() == [b"-1", b"1"], ended


def test_where_the_kernel_has_the_limit_it_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(box, "USERS", tmp_path)
    assert "--disable-userns" in Box(BASH).command([])


def test_a_machine_without_known_numbers_has_no_filter() -> None:
    assert filter_program("mips") is None


def test_the_output_folder_is_where_the_program_begins(output: Path) -> None:
    assert shell("echo $PWD", output).output.decode().strip() == INSIDE_OUTPUT


def test_the_memory_of_a_group_that_cannot_be_read_is_not_called_exhausted(tmp_path: Path) -> None:
    assert not Groups({"memory": tmp_path}).out_of_memory()


def test_groups_of_a_process_that_was_killed_are_given_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for controller in ("memory", "pids", "cpuacct"):
        for name in ("yunyue-999999999-a", f"yunyue-{os.getpid()}-b", "others-999999999-c"):
            (tmp_path / controller / name).mkdir(parents=True)
    monkeypatch.setattr(groups, "ROOT", tmp_path)
    monkeypatch.setattr(groups, "_own", dict)
    assert clear_dead() == 3
    left = sorted(path.name for path in (tmp_path / "memory").iterdir())
    assert left == ["others-999999999-c", f"yunyue-{os.getpid()}-b"]


def test_a_stream_that_says_nothing_yet_has_not_ended() -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        watch = _Watch(process, None, Limits(wall=5, cpu=5), Groups({}))
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            watch._take(selector, process.stdout, None)
            assert process.stdout in [key.fileobj for key in selector.get_map().values()]
        process.kill()
