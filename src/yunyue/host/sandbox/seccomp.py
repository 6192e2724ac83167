"""A filter of system calls for the sandbox: what a media or text program never needs answers "not permitted".

The namespaces already have no network and no processes of others; the filter takes the kernel's larger surfaces away
as well, so that one fault behind them is not enough to leave. Classic BPF as in seccomp(2), put together by hand.
"""

import platform
import struct
from typing import Final

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_NOT_PERMITTED: Final = 0x00050001
_NOT_THERE: Final = 0x00050026
_KILL: Final = 0x80000000
_X32: Final = 0x40000000
_NUMBER_AT: Final = 0
_MACHINE_AT: Final = 4
_FLAGS_AT: Final = 16
_NEW_USERS: Final = 0x10000000

DENIED: Final = {
    "x86_64": {
        "socket": 41,
        "socketpair": 53,
        "connect": 42,
        "bind": 49,
        "listen": 50,
        "ptrace": 101,
        "mount": 165,
        "umount2": 166,
        "swapon": 167,
        "reboot": 169,
        "pivot_root": 155,
        "chroot": 161,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kexec_load": 246,
        "init_module": 175,
        "finit_module": 313,
        "bpf": 321,
        "userfaultfd": 323,
        "perf_event_open": 298,
        "open_by_handle_at": 304,
        "io_uring_setup": 425,
        "io_uring_enter": 426,
        "io_uring_register": 427,
        "fsopen": 430,
        "fsmount": 432,
        "move_mount": 429,
        "open_tree": 428,
        "mknod": 133,
        "mknodat": 259,
        "personality": 135,
        "acct": 163,
    },
    "aarch64": {
        "socket": 198,
        "socketpair": 199,
        "connect": 203,
        "bind": 200,
        "listen": 201,
        "ptrace": 117,
        "mount": 40,
        "umount2": 39,
        "swapon": 224,
        "reboot": 142,
        "pivot_root": 41,
        "chroot": 51,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "unshare": 97,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "kexec_load": 104,
        "init_module": 105,
        "finit_module": 273,
        "bpf": 280,
        "userfaultfd": 282,
        "perf_event_open": 241,
        "open_by_handle_at": 265,
        "io_uring_setup": 425,
        "io_uring_enter": 426,
        "io_uring_register": 427,
        "fsopen": 430,
        "fsmount": 432,
        "move_mount": 429,
        "open_tree": 428,
        "mknodat": 33,
        "personality": 92,
        "acct": 89,
    },
}
"""Numbers of the denied calls, by machine."""

CLONE: Final = {"x86_64": 56, "aarch64": 220}
"""How a thread is begun, and a namespace of users too: the flags tell which, and can be read."""
CLONE3: Final = 435
"""The same with its flags in memory, where no filter can look: it is said not to be there; libraries use the other."""

_MACHINES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def filter_program(machine: str = "") -> bytes | None:
    """The filter as the kernel reads it; None for a machine whose numbers we do not know."""
    name = machine or platform.machine()
    if name not in DENIED:
        return None
    denied = sorted(DENIED[name].values())
    refused = 11 + len(denied)
    # A process of another architecture would number its calls differently: it is killed at its first one.
    steps = [(_LOAD, 0, _MACHINE_AT), (_EQUAL, 1, _MACHINES[name]), (_RETURN, 0, _KILL), (_LOAD, 0, _NUMBER_AT)]
    steps += [(_AT_LEAST, refused - 5, _X32)]
    steps += [(_EQUAL, refused - place - 1, number) for place, number in enumerate(denied, 5)]
    steps += [(_EQUAL, refused - len(steps), CLONE3), (_EQUAL, 1, CLONE[name]), (_RETURN, 0, _ALLOW)]
    steps += [(_LOAD, 0, _FLAGS_AT), (_ANY_BIT, 1, _NEW_USERS), (_RETURN, 0, _ALLOW)]
    steps += [(_RETURN, 0, _NOT_PERMITTED), (_RETURN, 0, _NOT_THERE)]
    return b"".join(struct.pack("=HBBI", code, jump, 0, value) for code, jump, value in steps)
