"""Why the journal was not written, published, checked, backed up or brought back."""

from typing import Final

from yunyue.doors.phrases.damage import PHRASES as DAMAGE
from yunyue.doors.phrases.phrase import Phrase, says

_WRITING: Final = (
    says(
        "the disk is full, nothing was recorded; free some space on the database server",
        "磁盘已满，未录入任何内容；请在数据库服务器上腾出空间",
    ),
    says(
        "the disk is full, nothing was recorded; free some space beside {file}",
        "磁盘已满，未录入任何内容；请在 {file} 旁腾出空间",
        file="journal.sqlite",
    ),
    says(
        "another process is writing to the journal, nothing was recorded; try again",
        "另一进程正在写入日志，未录入任何内容；请重试",
    ),
    says("the journal may not be written by this user, nothing was recorded", "当前用户无权写入日志，未录入任何内容"),
    says(
        "{file} may not be written by this user, nothing was recorded",
        "当前用户无权写入 {file}，未录入任何内容",
        file="journal.sqlite",
    ),
    says(
        "{fact} is not a fact the journal can hold: {why:reason}",
        "{fact} 不是日志可保存的事实：{why}",
        fact="'f-1'",
        why="Invalid decimal string",
    ),
    says("{fact} does not read back as it was given", "{fact} 读回后与所给内容不同", fact="'f-1'"),
    says(
        "{fact} is {size} bytes long, over {most}; store large matter by its digest",
        "{fact} 长 {size} 字节，超过 {most}；大的内容请以摘要保存",
        fact="'f-1'",
        size="70000",
        most="65535",
    ),
    says(
        "{fact} is already in the journal with another {field}; a correction is a new fact (fact.corrected)",
        "日志中已有 {fact}，但其 {field} 不同；更正须作为新事实录入（fact.corrected）",
        fact="'f-1'",
        field="data",
    ),
    says(
        "the disk is full, {what:reason}; free some space beside {file}",
        "磁盘已满，{what}；请在 {file} 旁腾出空间",
        what="no backup was made",
        file="x",
    ),
    says("the disk is full; nothing of this batch was stored", "磁盘已满；本批样本未保存"),
    says("no backup was made: {why}", "未作备份：{why}", why="Permission denied"),
    says("nothing was restored: {why}", "未恢复任何内容：{why}", why="Permission denied"),
    says("the journal was not published: {why}", "日志未发布：{why}", why="Permission denied"),
    says("the tiles were not written again: {why}", "瓦片未重写：{why}", why="Permission denied"),
    says("the checkpoint was not cosigned: {why}", "树头未会签：{why}", why="Permission denied"),
    says("no backup was made", "未作备份"),
    says("nothing was restored", "未恢复任何内容"),
    says("the journal was not published", "日志未发布"),
    says("the tiles were not written again", "瓦片未重写"),
    says("the checkpoint was not cosigned", "树头未会签"),
)

_COPIES: Final = (
    says("there is something in this folder; every backup takes a new one", "此文件夹内已有内容；每次备份须用新文件夹"),
    says(
        "the backup's checkpoint does not hold: {why:reason}",
        "备份的树头不成立：{why}",
        why="an empty line or a control character",
    ),
    says("the backup's checkpoint is not text", "备份的树头不是文本"),
    says(
        "the journal already has {size} leaves; restore into an empty one",
        "日志已有 {size} 条；请恢复到空的日志",
        size="7",
    ),
    says(
        "what is to be restored was tampered with or damaged: {why:reason}",
        "待恢复的内容被改动或损坏：{why}",
        why="the last leaf is cut short",
    ),
    says("the last leaf is cut short", "最后一条不完整"),
    says(
        "its {found} leaves do not give the signed root over {size}: it was tampered with or damaged",
        "其 {found} 条得不出所签 {size} 条的根：内容被改动或损坏",
        found="6",
        size="7",
    ),
)

_PUBLISHING: Final = (
    says("the published checkpoint cannot be read: {why}", "无法读取已发布的树头：{why}", why="Permission denied"),
    says(
        "the published checkpoint does not hold: {why:reason}",
        "已发布的树头不成立：{why}",
        why="an empty line or a control character",
    ),
    says("another process is publishing there; nothing was published", "另一进程正在那里发布；本次未发布"),
    says("another process is publishing there; nothing was written", "另一进程正在那里发布；未写入任何内容"),
    says("the published tree was not written again: {why}", "已发布的树未重写：{why}", why="Permission denied"),
    says("the published tree was not written again", "已发布的树未重写"),
    says(
        "the journal itself is not as it was written, so nothing is published from it: {why:reason}",
        "日志本身已不是写入时的样子，因此不据以发布：{why}",
        why="leaf 3 is missing",
    ),
    says(
        "no published head holds with the keys of this installation: {why:reason}; {remedy:reason}",
        "以本安装的密钥核对，已发布的树头无一成立：{why}；{remedy}",
        why="no key to check the signatures with",
        remedy="put back the folder of keys that belongs to this journal, or the folder of tiles from a backup",
    ),
    says(
        "a head of {size} leaves was kept, and the journal has {found}",
        "曾存有 {size} 条的树头，而日志有 {found} 条",
        size="9",
        found="5",
    ),
    says("nothing is published yet", "尚未发布任何内容"),
    says("{size} leaves are published, not {asked}", "已发布 {size} 条，不是 {asked} 条", size="5", asked="9"),
    says(
        "the journal of {own}, and {other} is published there",
        "本日志属于 {own}，而那里发布的是 {other}",
        own="a.example",
        other="b.example",
    ),
    says(
        "the journal has {size} leaves and {published} are published: it was shortened, or an old copy was put in its "
        "place; restore the full journal",
        "日志有 {size} 条，而已发布 {published} 条：日志被截短，或被旧副本替换；请恢复完整的日志",
        size="5",
        published="9",
    ),
    says(
        "the first {size} leaves are not those that were published: the journal was rewritten; run fsck",
        "前 {size} 条与已发布的不同：日志被改写；请运行 fsck",
        size="5",
    ),
    says("this witness is at work in another process; try again", "该见证人正在另一进程中工作；请重试"),
    says("the published tiles are not whole: {why:reason}", "已发布的瓦片不完整：{why}", why="the bundle is cut short"),
    says("the published log cannot be read: {why}", "无法读取已发布的日志：{why}", why="Permission denied"),
    says(
        "a checkpoint of {found}; this witness watches {own}",
        "这是 {found} 的树头；本见证人监督的是 {own}",
        found="b.example",
        own="a.example",
    ),
    says(
        "the log has {size} leaves and this witness has seen {seen}: it was shortened",
        "日志有 {size} 条，而见证人曾见 {seen} 条：日志被截短",
        size="5",
        seen="9",
    ),
    says(
        "another root over the same {size} leaves: the log was forked",
        "同样 {size} 条却有另一个根：日志被分叉",
        size="5",
    ),
    says(
        "not shown to begin with the {seen} leaves seen before: {why:reason}",
        "未能证明其以曾见的 {seen} 条开头：{why}",
        seen="5",
        why="the proof is empty",
    ),
)

_SAMPLES: Final = (
    says(
        "{producer} left out numbers {first} to {last}",
        "{producer} 漏报第 {first} 至 {last} 号",
        producer="probe-1",
        first="3",
        last="5",
    ),
    says(
        "{producer} is at epoch {now}; epoch {old} is over",
        "{producer} 已在第 {now} 期；第 {old} 期已结束",
        producer="probe-1",
        now="3",
        old="2",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_WRITING, *_COPIES, *_PUBLISHING, *_SAMPLES, *DAMAGE)
