"""Why a checkpoint, a signed note, a tile or a proof does not hold."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_NOTES: Final = (
    says("fewer than three whole lines", "不足三个完整的行"),
    says("an empty line or a control character", "有空行或控制字符"),
    says("not a decimal number from 0 to 2^63-1 without leading zeros", "不是 0 至 2^63-1 之间且无前导零的十进制数"),
    says("not the base64 of 32 bytes", "不是 32 字节的 base64"),
    says("an empty log has the root of an empty tree", "空日志的根应为空树的根"),
    says("not a verifier key (name+id+base64)", "不是验证密钥（name+id+base64）"),
    says("the id is not that of the key", "编号与密钥不符"),
    says("unknown kind of key, or a wrong length", "密钥种类未知，或长度不对"),
    says("longer than {count} characters", "长于 {count} 个字符", count="1000000"),
    says("a control character or half a surrogate pair", "有控制字符或半个代理对"),
    says("no blank line followed by whole signature lines", "缺少空行及其后完整的签名行"),
    says("more than {count} signatures", "超过 {count} 个签名", count="100"),
    says("not a signature line", "不是签名行"),
    says("no key to check the signatures with", "没有可核对签名的密钥"),
    says(
        "a checkpoint of {found}, and these are the keys of {own}",
        "这是 {found} 的树头，而这些密钥属于 {own}",
        found="b.example",
        own="a.example",
    ),
    says(
        "a checkpoint of {found}, not of {own}",
        "这是 {found} 的树头，不是 {own} 的",
        found="b.example",
        own="a.example",
    ),
    says("not a checkpoint: {why:reason}", "不是树头：{why}", why="fewer than three whole lines"),
    says("{key}: {at} is not a time of a cosignature", "{key}：{at} 不是会签的时间", key="a.example", at="-1"),
    says(
        "{key}: a signature has 64 bytes, not {found}",
        "{key}：签名为 64 字节，而不是 {found} 字节",
        key="a.example",
        found="63",
    ),
    says(
        "{key}: a public key of {found} bytes is not {kind}",
        "{key}：{found} 字节的公钥不是 {kind}",
        key="a.example",
        found="31",
        kind="ED25519",
    ),
    says(
        "key name {name}: empty, or has a space, plus or control character",
        "密钥名 {name}：为空，或含有空格、加号、控制字符",
        name="'a b'",
    ),
    says(
        "a witness's name has no spaces, no + and no control characters, such as client.example",
        "见证人的名称不含空格、加号和控制字符，例如 client.example",
    ),
    says("no good signature of {names:list}", "缺少 {names} 的有效签名", names="a, b"),
)

_TILES: Final = (
    says("not a path of tlog-tiles", "不是 tlog-tiles 的路径"),
    says("level above 63 or partial width above 255", "层数大于 63，或部分宽度大于 255"),
    says("the tile number has needless leading zeros", "瓦片编号有多余的前导零"),
    says(
        "{found} bytes, longer than the {most} a bundle can hold",
        "{found} 字节，超过一束可容的 {most} 字节",
        found="70000",
        most="65535",
    ),
    says(
        "{tile}: {found} bytes where {wanted} are needed",
        "{tile}：{found} 字节，应为 {wanted} 字节",
        tile="tile/0/000",
        found="31",
        wanted="32",
    ),
    says(
        "no such tile: level {level}, number {number}, width {width}",
        "没有此瓦片：第 {level} 层，编号 {number}，宽 {width}",
        level="64",
        number="1",
        width="1",
    ),
    says(
        "only tiles of level 0 have entries, not level {level}", "只有第 0 层的瓦片有记录，第 {level} 层没有", level="1"
    ),
    says("a tree of {old} leaves cannot grow to {new}", "{old} 条的树不能变为 {new} 条", old="9", new="5"),
    says("frontier: size {size} is outside 0 to 2^63-1", "前沿：条数 {size} 不在 0 至 2^63-1 之间", size="-1"),
    says(
        "frontier: size {size} needs {count} hashes of {length} bytes",
        "前沿：{size} 条需要 {count} 个 {length} 字节的哈希",
        size="3",
        count="2",
        length="32",
    ),
    says(
        "frontier: {found} bytes are not a size and whole hashes", "前沿：{found} 字节不是条数加完整的哈希", found="7"
    ),
    says("the bundle is cut short", "束不完整"),
    says(
        "{found} records where a bundle holds at most {most}",
        "{found} 条记录，而一束至多 {most} 条",
        found="300",
        most="256",
    ),
)

_PROOFS: Final = (
    says("the proof has {found} hashes, more than the path", "证明有 {found} 个哈希，多于路径所需", found="9"),
    says("the proof has {found} hashes, fewer than the path", "证明有 {found} 个哈希，少于路径所需", found="1"),
    says("the proof has {found} hashes where none is needed", "证明有 {found} 个哈希，而本不需要", found="1"),
    says(
        "the proof has {found} hashes where {needed} are needed",
        "证明有 {found} 个哈希，应有 {needed} 个",
        found="1",
        needed="2",
    ),
    says("{old} leaves cannot be the beginning of {new}", "{old} 条不可能是 {new} 条的开头", old="9", new="5"),
    says("the old root is not the root of an empty tree", "旧根不是空树的根"),
    says("two roots for the same {size} leaves", "同样 {size} 条有两个根", size="5"),
    says("an index is outside a tree of {size} leaves", "有序号不在 {size} 条的树中", size="5"),
    says(
        "a hash has {found} bytes where {wanted} are needed",
        "某哈希为 {found} 字节，应为 {wanted} 字节",
        found="31",
        wanted="32",
    ),
    says("index {index} is outside a tree of {size} leaves", "序号 {index} 不在 {size} 条的树中", index="9", size="5"),
    says("the leaf and the proof give another root", "叶与证明得出另一个根"),
    says("the proof gives another old root", "证明得出另一个旧根"),
    says("the proof gives another new root", "证明得出另一个新根"),
    says("the proof is empty", "证明为空"),
    says(
        "inclusion proof: index {index} is outside a tree of {size} leaves",
        "包含证明：序号 {index} 不在 {size} 条的树中",
        index="9",
        size="5",
    ),
    says(
        "consistency proof: {old} leaves cannot be the beginning of {new}",
        "一致性证明：{old} 条不可能是 {new} 条的开头",
        old="9",
        new="5",
    ),
    says(
        "multiproof: an index of {first} to {last} is outside a tree of {size} leaves",
        "多叶证明：序号 {first} 至 {last} 中有不在 {size} 条的树中的",
        first="1",
        last="9",
        size="5",
    ),
    says(
        "node {index} of level {level}: not complete in a tree of {size} leaves",
        "第 {level} 层第 {index} 个节点：在 {size} 条的树中不完整",
        index="1",
        level="2",
        size="5",
    ),
    says(
        "node {index} of level {level}: not complete in this journal",
        "第 {level} 层第 {index} 个节点：在本日志中不完整",
        index="1",
        level="2",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_NOTES, *_TILES, *_PROOFS)
