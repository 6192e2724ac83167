"""The system's libcrypto.so.3 (OpenSSL 3), called through cffi without a compiler; Python's own ssl module hides SM2.

The GIL is released during each call. An EVP_PKEY may be shared between threads; the contexts may not and are made
for each call: sharing one has killed a server.
"""

from functools import cache
from typing import Any, Final

from cffi import FFI  # type: ignore[import-untyped]  # cffi ships no types and its functions exist at run time only

from yunyue.host.ciphers.interface import Unavailable

LIBRARY: Final = "libcrypto.so.3"

_DECLARATIONS = """
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct p8_st PKCS8_PRIV_KEY_INFO;
unsigned long OpenSSL_version_num(void);
const char *OpenSSL_version(int type);
const EVP_MD *EVP_sm3(void);
EVP_PKEY_CTX *EVP_PKEY_CTX_new(EVP_PKEY *pkey, void *engine);
EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_name(void *libctx, const char *name, const char *propquery);
void EVP_PKEY_CTX_free(EVP_PKEY_CTX *ctx);
int EVP_PKEY_keygen_init(EVP_PKEY_CTX *ctx);
int EVP_PKEY_generate(EVP_PKEY_CTX *ctx, EVP_PKEY **ppkey);
int EVP_PKEY_CTX_set1_id(EVP_PKEY_CTX *ctx, const void *id, int id_len);
int EVP_PKEY_is_a(const EVP_PKEY *pkey, const char *name);
int EVP_PKEY_pairwise_check(EVP_PKEY_CTX *ctx);
void EVP_PKEY_free(EVP_PKEY *pkey);
EVP_PKEY *d2i_PUBKEY(EVP_PKEY **a, const unsigned char **pp, long length);
int i2d_PUBKEY(EVP_PKEY *a, unsigned char **pp);
EVP_PKEY *d2i_AutoPrivateKey(EVP_PKEY **a, const unsigned char **pp, long length);
PKCS8_PRIV_KEY_INFO *EVP_PKEY2PKCS8(EVP_PKEY *pkey);
int i2d_PKCS8_PRIV_KEY_INFO(const PKCS8_PRIV_KEY_INFO *a, unsigned char **pp);
void PKCS8_PRIV_KEY_INFO_free(PKCS8_PRIV_KEY_INFO *p8);
EVP_MD_CTX *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX *ctx);
void EVP_MD_CTX_set_pkey_ctx(EVP_MD_CTX *ctx, EVP_PKEY_CTX *pctx);
int EVP_DigestSignInit(EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx, const EVP_MD *type, void *e, EVP_PKEY *pkey);
int EVP_DigestSign(EVP_MD_CTX *ctx, unsigned char *sig, size_t *siglen, const unsigned char *tbs, size_t tbslen);
int EVP_DigestVerifyInit(EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx, const EVP_MD *type, void *e, EVP_PKEY *pkey);
int EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t siglen, const unsigned char *t, size_t tlen);
int EVP_PKEY_sign_init(EVP_PKEY_CTX *ctx);
int EVP_PKEY_sign(EVP_PKEY_CTX *ctx, unsigned char *sig, size_t *siglen, const unsigned char *tbs, size_t tbslen);
int EVP_PKEY_verify_init(EVP_PKEY_CTX *ctx);
int EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen, const unsigned char *t, size_t tlen);
int EVP_PKEY_encrypt_init(EVP_PKEY_CTX *ctx);
int EVP_PKEY_encrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in, size_t inlen);
int EVP_PKEY_decrypt_init(EVP_PKEY_CTX *ctx);
int EVP_PKEY_decrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in, size_t inlen);
unsigned long ERR_get_error(void);
void ERR_clear_error(void);
void ERR_error_string_n(unsigned long e, char *buf, size_t len);
"""

ffi = FFI()
ffi.cdef(_DECLARATIONS)


@cache
def libcrypto(name: str = LIBRARY) -> Any | Unavailable:
    """The library, typed Any because its functions exist only at run time; or why it cannot be used."""
    try:
        library: Any = ffi.dlopen(name)
        number = library.OpenSSL_version_num()
        missing = [function for function in _functions() if not hasattr(library, function)]
    except OSError as error:
        return Unavailable(LIBRARY, f"not found; install OpenSSL 3 (Debian: apt-get install libssl3): {error}")
    except AttributeError as error:
        return Unavailable(LIBRARY, f"{name} is not OpenSSL: {error}")
    if number < 0x30000000:
        return Unavailable(LIBRARY, f"{name} has version {number:#x}, older than OpenSSL 3.0")
    if missing:
        return Unavailable(LIBRARY, f"{name} lacks {', '.join(missing)}")
    return library


def _functions() -> list[str]:
    return [line.split("(")[0].split()[-1].lstrip("*") for line in _DECLARATIONS.splitlines() if "(" in line]


def last_error(library: Any) -> str:
    """What libcrypto says went wrong last in this thread; empties its queue of errors."""
    code, text = library.ERR_get_error(), ffi.new("char[256]")
    library.ERR_error_string_n(code, text, 256)
    library.ERR_clear_error()
    return bytes(ffi.string(text)).decode(errors="replace") if code else "no reason given"
