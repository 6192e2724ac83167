"""What is wrong with the vault's seal, its custodians, tokens of keys, time stamps and the log of uses."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_SEAL: Final = (
    says(
        "the vault is kept by {one:word}, not by {other:word}",
        "密码库由 {one} 保管，而不是 {other}",
        one="pkcs11",
        other="transit",
    ),
    says("this vault has no shares; {kind:word} opens it", "此密码库没有分片；由 {kind} 解封", kind="pkcs11"),
    says("no custodian is set", "未设置保管方"),
    says("{given:quoted}: a seal is {forms}", "{given}：封存方式应为 {forms}", given="'x'", forms="pkcs11:…"),
    says(
        "another vault's key is written {form}", "另一密码库的密钥应写作 {form}", form="transit:https://h/v1/t/keys/k"
    ),
    says("an address of a token begins with {scheme:word}", "密码机地址应以 {scheme} 开头", scheme="pkcs11:"),
    says("{names}: not understood in the address of a token", "密码机地址中不认识 {names}", names="slot-id"),
    says("{name:word} is missing in the address of the token", "密码机地址缺少 {name}", name="token"),
    says(
        "the token for the other vault cannot be read: {why:reason}",
        "无法读取另一密码库的令牌：{why}",
        why="Permission denied",
    ),
    says("the other vault does not seal: {why:reason}", "另一密码库未能加密：{why}", why="permission denied"),
    says("the other vault does not open: {why:reason}", "另一密码库未能解密：{why}", why="permission denied"),
    says(
        "the token holds another key than the one this vault was sealed with",
        "密码机中的密钥不是封存此密码库所用的密钥",
    ),
    says("rekey already in progress", "更换分片已在进行中"),
    says("no rekey in progress", "没有进行中的分片更换"),
    says(
        "incorrect nonce supplied; nonce for this rekey operation is {nonce:word}",
        "随机数不对；本次更换的随机数为 {nonce}",
        nonce="a1",
    ),
    says("rekey operation failed: the shares do not open this vault", "更换失败：这些分片打不开此密码库"),
)

_TOKEN: Final = (
    says("token {label:word}: {why:reason}", "密码机 {label}：{why}", label="yunyue", why="PinIncorrect"),
    says("a token keeps RSA and ECDSA keys only", "密码机中只存放 RSA 与 ECDSA 密钥"),
    says("a token keeps RSA and ECDSA key pairs only", "密码机中只存放 RSA 与 ECDSA 密钥对"),
    says(
        "the token has not just one key pair {label:quoted}", "密码机中名为 {label} 的密钥对不止一个或没有", label="'k'"
    ),
    says(
        "key {label:quoted} is refused: {why:reason}",
        "拒绝使用密钥 {label}：{why}",
        label="'k'",
        why="its curve is SM2's",
    ),
    says(
        "its curve is SM2's and the token would sign plain ECDSA with it, which is no SM2 signature; "
        "keep SM2 keys in the service, or use a module that has an SM2 mechanism of its own",
        "其曲线为 SM2，而密码机会用它作普通 ECDSA 签名，那不是 SM2 签名；"
        "请将 SM2 密钥留在本服务，或使用自带 SM2 机制的密码机",
    ),
    says(
        "key {label:quoted} is {one:word}, not {other:word}",
        "密钥 {label} 是 {one}，不是 {other}",
        label="'k'",
        one="rsa-2048",
        other="sm2",
    ),
    says("key {label:quoted} signs what does not verify", "密钥 {label} 的签名验证不通过", label="'k'"),
    says("a key pair of no kind known here", "不认识的密钥对种类"),
    says("no token is set; see YUNYUE_CRYPTO_SEAL", "未设置密码机；见 YUNYUE_CRYPTO_SEAL"),
    says("the token that holds this key is not set", "存放此密钥的密码机未设置"),
)

_STAMPS: Final = (
    says("no time stamp that can be read", "不是可读取的时间戳"),
    says("the service gave no stamp: {status:word}", "时间戳服务未签发：{status}", status="rejection"),
    says("the stamp is not in DER", "时间戳不是 DER 编码"),
    says("what stands beside the signature does not fit it", "签名以外的内容与签名不符"),
    says("the stamp is for another text", "时间戳不是此文本的"),
    says("the signature is over another content", "签名的内容不是这一份"),
    says("what is signed is no time stamp", "所签的不是时间戳"),
    says("the stamp names another certificate", "时间戳指明的是另一证书"),
    says("the certificate is not for time stamps alone", "证书不是专用于时间戳的"),
    says("the signature does not hold", "签名验证不通过"),
)

_STORE: Final = (
    says(
        "another machine serves the vault now; nothing was written",
        "密码库现由另一台机器提供服务；未写入任何内容",
    ),
    says("the {what} in PostgreSQL is closed", "PostgreSQL 中的{what}已关闭", what="use log"),
    says(
        "{what:word} in PostgreSQL: {why:reason}",
        "PostgreSQL 中的 {what}：{why}",
        what="uses",
        why="connection refused",
    ),
    says("this use log keeps no files", "此使用日志不存文件"),
    says("no proof of a use: {why:reason}", "不是一份使用记录的证明：{why}", why="x"),
    says("the use log: {error:word}", "使用日志：{error}", error="ValueError"),
    says("it is not in the database", "数据库中没有它"),
    says(
        "{name:word} of the use log cannot be read: {why:reason}",
        "使用日志的 {name} 无法读取：{why}",
        name="uses-0-256",
        why="x",
    ),
    says("{name:word}: {why:reason}; nothing was sealed", "{name}：{why}；未封存任何记录", name="uses-0.tmp", why="x"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_SEAL, *_TOKEN, *_STAMPS, *_STORE)
