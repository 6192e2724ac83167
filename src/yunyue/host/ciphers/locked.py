"""A root key in memory that is not swapped, not in core dumps, and wiped when it is let go.

What this gives: the bytes in this buffer never reach the disk and are zero after `wipe`. What it does not: a debugger
of the same user, the hypervisor, and copies that a cipher library made for its own use still see the key.
"""

import contextlib
from typing import Any, Final

from cffi import FFI  # type: ignore[import-untyped]  # cffi ships no types and its functions exist at run time only

from yunyue.host.ciphers.octets import Octets

PAGE: Final = 4096
_READ_WRITE: Final = 3
_PRIVATE_ANONYMOUS: Final = 0x22
_DONT_DUMP: Final = 16
_SET_DUMPABLE: Final = 4

ffi = FFI()
ffi.cdef("""
void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset);
int munmap(void *addr, size_t length);
int mlock(const void *addr, size_t len);
int madvise(void *addr, size_t length, int advice);
int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
void explicit_bzero(void *s, size_t n);
""")
_libc: Any = ffi.dlopen(None)


class Locked:
    """At most 4096 secret bytes in a page of their own. `locked` says whether the system let us pin the page."""

    def __init__(self, secret: Octets) -> None:
        view = memoryview(secret)
        if view.nbytes > PAGE:
            raise ValueError(f"a locked buffer holds {PAGE} bytes, not {view.nbytes}")
        address = _libc.mmap(ffi.NULL, PAGE, _READ_WRITE, _PRIVATE_ANONYMOUS, -1, 0)
        if address == ffi.cast("void *", -1):
            raise MemoryError("no page for a secret")
        self._length = view.nbytes
        self._page = ffi.gc(address, _release)
        self.locked = _libc.mlock(address, PAGE) == 0 and _libc.madvise(address, PAGE, _DONT_DUMP) == 0
        ffi.memmove(self._page, view, self._length)

    def view(self) -> memoryview:
        """The secret itself, not a copy; zeroes after `wipe`."""
        return memoryview(ffi.buffer(self._page, self._length))

    def wipe(self) -> None:
        """Overwrite the secret."""
        _libc.explicit_bzero(self._page, PAGE)


def _release(page: Any) -> None:
    _libc.explicit_bzero(page, PAGE)
    _libc.munmap(page, PAGE)


def wipe(copy: bytearray) -> None:
    """Overwrite a copy that was made on the way."""
    with contextlib.suppress(BufferError):
        _libc.explicit_bzero(ffi.from_buffer(copy), len(copy))


def forbid_dumps() -> bool:
    """No core dump of this process and no debugger but root's from now on; whether the system agreed."""
    return bool(_libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0) == 0)
