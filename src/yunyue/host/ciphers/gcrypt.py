"""The system's libgcrypt.so.20, called through cffi without a compiler: the fastest SM4 a Debian system brings.

OpenSSL 3.0 has no SM4-GCM, and the `cryptography` package's is three to five times slower. A cipher handle holds the
state of one message and is never used by two threads at once.
"""

from functools import cache
from typing import Any, Final

from cffi import FFI  # type: ignore[import-untyped]  # cffi ships no types and its functions exist at run time only

from yunyue.host.ciphers.interface import Unavailable

LIBRARY: Final = "libgcrypt.so.20"
OLDEST: Final = b"1.10.0"
SM4: Final = 318
GCM: Final = 9
CTR: Final = 6
_FINISH_INITIALISATION: Final = 38
_DISABLE_SECURE_MEMORY: Final = 37

_DECLARATIONS = """
typedef struct gcry_cipher_handle *gcry_cipher_hd_t;
const char *gcry_check_version(const char *req_version);
unsigned int gcry_control(int cmd, ...);
unsigned int gcry_cipher_open(gcry_cipher_hd_t *handle, int algo, int mode, unsigned int flags);
void gcry_cipher_close(gcry_cipher_hd_t h);
unsigned int gcry_cipher_setkey(gcry_cipher_hd_t h, const void *key, size_t length);
unsigned int gcry_cipher_setiv(gcry_cipher_hd_t h, const void *iv, size_t length);
unsigned int gcry_cipher_setctr(gcry_cipher_hd_t h, const void *ctr, size_t length);
unsigned int gcry_cipher_authenticate(gcry_cipher_hd_t h, const void *abuf, size_t length);
unsigned int gcry_cipher_encrypt(gcry_cipher_hd_t h, void *out, size_t outsize, const void *in, size_t inlen);
unsigned int gcry_cipher_decrypt(gcry_cipher_hd_t h, void *out, size_t outsize, const void *in, size_t inlen);
unsigned int gcry_cipher_gettag(gcry_cipher_hd_t h, void *outtag, size_t taglen);
unsigned int gcry_cipher_checktag(gcry_cipher_hd_t h, const void *intag, size_t taglen);
"""

ffi = FFI()
ffi.cdef(_DECLARATIONS)
unset = ffi.new_allocator(should_clear_after_alloc=False)
"""Allocates without zeroing: every byte is about to be written."""


@cache
def libgcrypt(name: str = LIBRARY) -> Any | Unavailable:
    """The library, ready for use and typed Any because its functions exist only at run time; or why there is none."""
    try:
        library: Any = ffi.dlopen(name)
        recent = library.gcry_check_version(OLDEST)
    except OSError as error:
        return Unavailable(LIBRARY, f"not found; install libgcrypt (Debian: apt-get install libgcrypt20): {error}")
    except AttributeError as error:
        return Unavailable(LIBRARY, f"{name} is not libgcrypt: {error}")
    if not recent:
        return Unavailable(LIBRARY, f"{name} is older than {OLDEST.decode()}")
    # Keys live in ordinary memory here; the roots lie in locked buffers of our own (yunyue.host.ciphers.locked).
    library.gcry_control(_DISABLE_SECURE_MEMORY, ffi.cast("int", 0))
    library.gcry_control(_FINISH_INITIALISATION, ffi.cast("int", 0))
    return library
