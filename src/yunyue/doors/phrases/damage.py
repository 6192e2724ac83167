"""What a check of the journal, of its published tiles and of the sample segments finds damaged, and what to do."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_FAULTS: Final = (
    says(
        "{place}: {what:reason}. What to do: {remedy:reason}.",
        "{place}：{what}。处置：{remedy}。",
        place="leaf 3",
        what="missing; what follows could not be checked",
        remedy="run fsck",
    ),
    says(
        "stop writing; restore the journal from the last backup and compare its head with the client's witness",
        "停止写入；自最近的备份恢复日志，并与甲方见证人的树头核对",
    ),
    says("publish again: the newest of the kept heads takes its place", "重新发布：以所存最新的树头替代"),
    says(
        "put back the folder of keys that belongs to this journal, or the folder of tiles from a backup",
        "放回属于本日志的密钥文件夹，或自备份取回瓦片文件夹",
    ),
    says("run fsck", "运行 fsck"),
    says("missing; what follows could not be checked", "缺失；其后各条无法检查"),
    says(
        "column {name} says {found}, the record {wanted}",
        "{name} 列为 {found}，记录为 {wanted}",
        name="id",
        found="'a'",
        wanted="'b'",
    ),
    says("the id {id} is there twice", "编号 {id} 出现两次", id="'a'"),
    says("recorded before the one before it", "录入时间早于前一条"),
    says("looking its id up gives {found}", "按其编号查得 {found}", found="None"),
    says("they do not give the hash kept of them at level {level}", "算不出第 {level} 层所存的哈希", level="2"),
    says("the leaves do not give the kept frontier over {size} leaves", "各条算不出 {size} 条时所存的前沿", size="7"),
    says(
        "says {found} was the last time, the leaves say {wanted}",
        "记最后时间为 {found}，各条记为 {wanted}",
        found="2024-01-01",
        wanted="2024-01-02",
    ),
    says("is there, and the state does not know of it", "存在，而状态中没有记载"),
    says(
        "a hash at level {level} is kept for leaves that are not there",
        "第 {level} 层存有不存在的各条的哈希",
        level="2",
    ),
    says("missing under the published head", "已发布的树头之下缺失"),
    says("holds the head of {size} leaves", "其中是 {size} 条的树头", size="7"),
    says("the published tiles do not prove it: {why:reason}", "已发布的瓦片不能证明：{why}", why="the proof is empty"),
    says("{found} bytes for {wanted}", "{found} 字节，应为 {wanted} 字节", found="31", wanted="32"),
    says("differs from the journal at byte {at}", "自第 {at} 字节起与日志不同", at="9"),
    says("does not follow {name}", "不接在 {name} 之后", name="seg-1-5"),
    says(
        "starts at row {row}, sealed is up to {sealed}",
        "自第 {row} 行开始，已封存至第 {sealed} 行",
        row="9",
        sealed="5",
    ),
    says("no fact seals it", "没有事实封存它"),
    says(
        "its fact says {fact}, the manifest {manifest}",
        "其事实记为 {fact}，清单记为 {manifest}",
        fact="sha256:a",
        manifest="sha256:b",
    ),
    says("a fact seals it, and it is gone", "有事实封存它，而它已不在"),
    says("the file is missing", "文件缺失"),
    says(
        "its bytes give {found}, sealed was {wanted}",
        "其内容摘要为 {found}，封存时为 {wanted}",
        found="sha256:a",
        wanted="sha256:b",
    ),
)

_BROKEN: Final = (
    says(
        "{why:reason}; yunyue journal fsck says where, yunyue restore brings it back",
        "{why}；yunyue journal fsck 指明所在，yunyue restore 自备份恢复",
        why="leaf 3 is missing",
    ),
    says(
        "{digest} was changed on disk; bring it back from a backup",
        "{digest} 在磁盘上被改动；请自备份取回",
        digest="sha256:a",
    ),
    says("{why:reason}; bring it back from a backup", "{why}；请自备份取回", why="there is no document sha256:a"),
    says(
        "{why:reason}; append the same facts again", "{why}；请重新录入同样的事实", why="server closed the connection"
    ),
    says(
        "the first {size} leaves do not give the root the journal keeps for them",
        "前 {size} 条得不出日志所存的根",
        size="5",
    ),
    says("leaf {leaf} is missing", "第 {leaf} 条缺失", leaf="3"),
    says("leaf {leaf} is not canonical", "第 {leaf} 条不是规范写法", leaf="3"),
    says("leaf {leaf}: unknown fact type {kind}", "第 {leaf} 条：没有 {kind} 这种事实", leaf="3", kind="'x'"),
    says("leaf {leaf}: recorded before the one before it", "第 {leaf} 条：录入时间早于前一条", leaf="3"),
    says("leaf {leaf}: not in canonical form", "第 {leaf} 条：不是规范写法", leaf="3"),
    says("leaf {leaf}: {why:reason}", "第 {leaf} 条：{why}", leaf="3", why="the id 'a' is there twice"),
    says("the frontier and the tree differ", "前沿与树不一致"),
    says("row {row}: damaged, a column has the wrong type", "第 {row} 行：损坏，某列类型不对", row="3"),
    says(
        "{path}: damaged, holds text that is not UTF-8 ({why:dropped})",
        "{path}：损坏，含有不是 UTF-8 的文本",
        path="journal.sqlite",
        why="invalid start byte",
    ),
    says(
        "{path}: this file system cannot hold a write-ahead log (journal_mode is {mode})",
        "{path}：此文件系统不支持预写日志（journal_mode 为 {mode}）",
        path="journal.sqlite",
        mode="delete",
    ),
    says("{path}: a database, but not a journal", "{path}：是数据库，但不是日志", path="journal.sqlite"),
    says(
        "{path}: made by version {found} of the journal, and this program knows {known}",
        "{path}：由第 {found} 版日志所建，本程序识别第 {known} 版",
        path="journal.sqlite",
        found="9",
        known="1",
    ),
    says(
        "made by version {found} of the journal, and this program knows {known}",
        "由第 {found} 版日志所建，本程序识别第 {known} 版",
        found="9",
        known="1",
    ),
    says(
        "{path}: someone removed or changed what guards the journal: {missing:list}",
        "{path}：保护日志的规则被移除或改动：{missing}",
        path="journal.sqlite",
        missing="a, b",
    ),
    says(
        "someone removed or changed what guards the journal: {missing:list}",
        "保护日志的规则被移除或改动：{missing}",
        missing="a, b",
    ),
    says(
        "{path}: the journal of {found}, not of {wanted}",
        "{path}：这是 {found} 的日志，不是 {wanted} 的",
        path="journal.sqlite",
        found="'a'",
        wanted="'b'",
    ),
    says("the journal of {found}, not of {wanted}", "这是 {found} 的日志，不是 {wanted} 的", found="'a'", wanted="'b'"),
    says(
        "the server's {setting} is not on: it would forget facts it has acknowledged",
        "服务器的 {setting} 未开启：已确认的事实可能丢失",
        setting="fsync",
    ),
    says("the journal in PostgreSQL: {why}", "PostgreSQL 中的日志：{why}", why="connection refused"),
    says("the journal's state is missing or damaged", "日志的状态缺失或损坏"),
    says("the journal's state is missing", "日志的状态缺失"),
    says(
        "the journal's state says {found} leaves, its frontier {frontier}",
        "日志的状态记 {found} 条，前沿记 {frontier} 条",
        found="5",
        frontier="6",
    ),
    says(
        "the journal's {size} leaves and its frontier give different roots: run fsck",
        "日志的 {size} 条与其前沿得出不同的根：请运行 fsck",
        size="5",
    ),
    says(
        "the leaves do not give the root over {size} leaves; run fsck",
        "各条得不出 {size} 条的根；请运行 fsck",
        size="5",
    ),
    says("the journal has {found} leaves, not {size}", "日志有 {found} 条，不是 {size} 条", found="5", size="6"),
    says(
        "node {index} of level {level}: only {found} of {wanted} hashes are stored",
        "第 {level} 层第 {index} 个节点：{wanted} 个哈希只存有 {found} 个",
        index="1",
        level="2",
        found="3",
        wanted="4",
    ),
    says("{path:word}: not published", "{path}：未发布", path="tile/0/000"),
    says(
        "{path}: the witness's memory is spoilt ({why}); put its backup back",
        "{path}：见证人的记录已损坏（{why}）；请恢复其备份",
        path="w.json",
        why="truncated",
    ),
    says("{name:word} is closed", "{name} 已关闭", name="journal.sqlite"),
    says("{name} could not be made durable: {why}", "{name} 未能可靠写入：{why}", name="seg-1", why="I/O error"),
    says("{name} does not follow the last segment", "{name} 不接在上一段之后", name="seg-1"),
    says(
        "{name} holds {rows} rows, the tail lost {lost}",
        "{name} 有 {rows} 行，尾部少了 {lost} 行",
        name="seg-1",
        rows="5",
        lost="4",
    ),
    says(
        "{name} is in no manifest, and the tail does not hold its rows",
        "{name} 不在清单中，尾部也没有它的各行",
        name="seg-1",
    ),
    says("database disk image is malformed", "数据库文件已损坏"),
    says("file is not a database", "此文件不是数据库"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_BROKEN, *_FAULTS)
