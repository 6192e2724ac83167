"""What is wrong with settings, files, keys, documents and ciphers of the machine."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_FILES: Final = (
    says(
        "{name} is no folder, and no contract that came along ({known:list})",
        "{name} 不是文件夹，也不是随程序而来的合同（{known}）",
        name="x",
        known="beijing-2024",
    ),
    says("none did", "没有"),
    says("more than {count} bytes", "超过 {count} 字节", count="4000000"),
    says(
        "line {line} is not UTF-8 text; save the file as UTF-8",
        "第 {line} 行不是 UTF-8 文本；请将文件存为 UTF-8",
        line="3",
    ),
    says("cannot be read: {why:reason}", "无法读取：{why}", why="Permission denied"),
    says(
        "a document of {size} bytes; at most {most} are kept",
        "文件有 {size} 字节；至多保存 {most} 字节",
        size="99999999",
        most="33554432",
    ),
    says("the document was not kept: {why:reason}", "文件未保存：{why}", why="Permission denied"),
    says("{digest} is no sha256 digest", "{digest} 不是 sha256 摘要", digest="'x'"),
    says("there is no document {digest}", "没有文件 {digest}", digest="sha256:a"),
)

_SETTINGS: Final = (
    says(
        "The settings file cannot be read: {why:reason}",
        "无法读取设置文件：{why}",
        why="Invalid value (at line 1, column 5)",
    ),
    says(
        "The home folder is set by {variable} only; a file inside it cannot move it",
        "安装文件夹只能由 {variable} 指定；其中的文件不能改变它",
        variable="YUNYUE_HOME",
    ),
    says(
        "There is no such setting; the settings are {known:list}",
        "没有这项设置；可用的设置为 {known}",
        known="bind, port",
    ),
)

_KEYS: Final = (
    says("no such folder of keys", "没有这个密钥文件夹"),
    says("the key cannot be read: {why:reason}", "无法读取密钥：{why}", why="Permission denied"),
    says("not a regular file", "不是普通文件"),
    says(
        "not a private key of {algorithm}: {why:reason}",
        "不是 {algorithm} 私钥：{why}",
        algorithm="ed25519",
        why="not an unencrypted PKCS#8 PEM",
    ),
    says(
        "belongs to user {owner}, not to ours ({own})",
        "属于用户 {owner}，不属于当前用户（{own}）",
        owner="0",
        own="1000",
    ),
    says(
        "mode {mode} lets others in; run: {command}",
        "权限 {mode} 允许他人访问；请运行：{command}",
        mode="0644",
        command="chmod 600 keys/a",
    ),
    says(
        "not an unencrypted PKCS#8 PEM of {kind}: {why}",
        "不是未加密的 {kind} PKCS#8 PEM：{why}",
        kind="Ed25519",
        why="x",
    ),
    says("not an unencrypted PKCS#8 PEM: {why}", "不是未加密的 PKCS#8 PEM：{why}", why="x"),
    says("not an unencrypted PKCS#8 PEM", "不是未加密的 PKCS#8 PEM"),
    says("not an unencrypted PKCS#8 private key: {why}", "不是未加密的 PKCS#8 私钥：{why}", why="x"),
    says("a private key, but not of {kind}", "是私钥，但不是 {kind} 的", kind="Ed25519"),
    says("a key, but not of SM2", "是密钥，但不是 SM2 的"),
    says("not an SM2 key: {why}", "不是 SM2 密钥：{why}", why="x"),
    says("not a sound SM2 key: {why}", "SM2 密钥无效：{why}", why="x"),
    says("not an uncompressed point on the SM2 curve", "不是 SM2 曲线上的未压缩点"),
    says("not an {kind} public key: {why}", "不是 {kind} 公钥：{why}", kind="Ed25519", why="x"),
    says(
        "a key of this cipher has {wanted} bytes, not {found}",
        "此算法的密钥为 {wanted} 字节，而不是 {found} 字节",
        wanted="16",
        found="12",
    ),
    says("an SM2 public key is 65 bytes, 0x04 || x || y", "SM2 公钥为 65 字节：0x04 || x || y"),
    says("an SM4 key has 16 bytes, not {found}", "SM4 密钥为 16 字节，而不是 {found} 字节", found="12"),
    says("the wrapping key is no RSA key", "封装密钥不是 RSA 密钥"),
    says("bytes after the key", "密钥之后有多余字节"),
    says(
        "{key} ({kind}) cannot be checked here: {why:reason}",
        "{key}（{kind}）无法在此核对：{why}",
        key="a.example",
        kind="SM2",
        why="x",
    ),
    says(
        "{key} ({kind}) has {count} signatures where one is needed",
        "{key}（{kind}）有 {count} 个签名，应有一个",
        key="a.example",
        kind="ED25519",
        count="0",
    ),
    says(
        "{key} ({kind}): {why:reason}",
        "{key}（{kind}）：{why}",
        key="a.example",
        kind="ED25519",
        why="the signature does not fit the text",
    ),
    says("the signature has a wrong length or time", "签名的长度或时间不对"),
    says("the signature does not fit the text", "签名与内容不符"),
)

_CIPHERS: Final = (
    says("the example of {source} comes out wrong", "{source} 的示例结果不符", source="GB/T 32918.5 annex C"),
    says("fails the example of {source} or its own signature", "未通过 {source} 的示例或自签验证", source="RFC 8032"),
    says("a sample of {source} comes out wrong", "{source} 的示例结果不符", source="NIST SP 800-38G"),
    says("{cipher} does not come back from itself", "{cipher} 加密后不能还原", cipher="SM4-FF1"),
    says(
        "not found; install {library} (Debian: {command}): {why:dropped}",
        "未找到；请安装 {library}（Debian：{command}）",
        library="OpenSSL 3",
        command="apt-get install libssl3",
        why="x",
    ),
    says(
        "{name:word} is not {library:word}: {why:dropped}",
        "{name} 不是 {library}",
        name="libcrypto.so",
        library="OpenSSL",
        why="x",
    ),
    says(
        "{name} has version {number}, older than {oldest}",
        "{name} 的版本为 {number}，早于 {oldest}",
        name="libcrypto.so",
        number="0x1",
        oldest="OpenSSL 3.0",
    ),
    says("{name:word} is older than {oldest:word}", "{name} 早于 {oldest}", name="libgcrypt.so", oldest="1.9"),
    says("{name:word} lacks {missing:list}", "{name} 缺少 {missing}", name="libcrypto.so", missing="a, b"),
    says("no such cipher; there are {known:list}", "没有此算法；可用的有 {known}", known="a, b"),
    says("this Python's OpenSSL has no SM3: {why:dropped}", "此 Python 的 OpenSSL 没有 SM3", why="x"),
    says("served by something that does not encrypt", "所用实现不支持加密"),
)

_SYSTEM: Final = (
    says("Permission denied", "没有权限"),
    says("No such file or directory", "没有此文件或文件夹"),
    says("Is a directory", "是文件夹，不是文件"),
    says("Not a directory", "不是文件夹"),
    says("No space left on device", "磁盘已满"),
    says("Read-only file system", "文件系统只读"),
    says("File exists", "文件已存在"),
    says("Address already in use", "地址已被占用"),
    says("Cannot assign requested address", "不是本机地址"),
    says("Connection refused", "连接被拒绝"),
    says("Too many open files", "打开的文件过多"),
    says("File name too long", "文件名过长"),
    says(
        "[Errno {number}] {why:reason}: {file}",
        "{why}：{file}（错误号 {number}）",
        number="13",
        why="Permission denied",
        file="'a.toml'",
    ),
)
PHRASES: Final[tuple[Phrase, ...]] = (*_FILES, *_SETTINGS, *_KEYS, *_CIPHERS, *_SYSTEM)
