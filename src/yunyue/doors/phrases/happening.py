"""What happened to a project of containers: events, and why a replica or rollout is as it is."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("by {actor:word}", "操作者 {actor}", actor="user:7"),
    says("by {actor:word}: {what}", "操作者 {actor}：{what}", actor="user:7", what="web-1 ls"),
    says(
        "by {actor:word}: {person:word} is now {role:word}",
        "操作者 {actor}：{person} 的角色为 {role}",
        actor="user:7",
        person="user:9",
        role="admin",
    ),
    says(
        "by {actor:word}: {person:word} is no member any more",
        "操作者 {actor}：{person} 不再是成员",
        actor="user:7",
        person="user:9",
    ),
    says(
        "by {actor:word}: push token {name:word} made", "操作者 {actor}：签发推送令牌 {name}", actor="user:7", name="ci"
    ),
    says(
        "by {actor:word}: push token {name:word} revoked",
        "操作者 {actor}：吊销推送令牌 {name}",
        actor="user:7",
        name="ci",
    ),
    says(
        "by {actor:word}: {image:word} signed by {key:word}",
        "操作者 {actor}：以 {key} 签署 {image}",
        actor="user:7",
        image="shop/app@sha256:1",
        key="release",
    ),
    says(
        "by {actor:word}: tags kept {count:word}, signature of {key:word}",
        "操作者 {actor}：保留标签 {count} 个，必需签名 {key}",
        actor="user:7",
        count="10",
        key="release",
    ),
    says("revision {number:word}", "修订 {number}", number="3"),
    says("revision {number:word}: {why:reason}", "修订 {number}：{why}", number="3", why="too late"),
    says(
        "from revision {before:word} to {after:word}: {why:reason}",
        "由修订 {before} 回到 {after}：{why}",
        before="3",
        after="2",
        why="no progress within its deadline",
    ),
    says("no progress within its deadline", "未在期限内完成"),
    says(
        "from {before:word} to {after:word} replicas: {why:reason}",
        "副本由 {before} 个变为 {after} 个：{why}",
        before="2",
        after="4",
        why="90% of the processors were used",
    ),
    says("{share:word} of the processors were used", "处理器使用率 {share}", share="90%"),
    says("CrashLoopBackOff: {why:reason}", "反复崩溃，稍后重试：{why}", why="Exited(3)"),
    says("Exited({status:word})", "已退出，状态 {status}", status="3"),
    says("again in {seconds:word} s", "{seconds} 秒后重试", seconds="0.5"),
    says(
        "it wrote more than {most:word} octets into its own layer",
        "写入自身可写层超过 {most} 字节",
        most="1073741824",
    ),
    says("more replicas than the balancer has places", "副本多于均衡器的位置"),
    says("the job before still runs", "上一个任务仍在运行"),
    says("Job {name:word}", "任务 {name}", name="nightly-1"),
    says("startup probe: {why:reason}", "启动探针：{why}", why="status 500"),
    says("liveness probe: {why:reason}", "存活探针：{why}", why="status 500"),
    says("no answer within {seconds:word} s", "{seconds} 秒内无应答", seconds="1"),
    says("the command ended with {status:word}", "命令以状态 {status} 结束", status="1"),
    says(
        "there is no role {name:quoted}; known: {known:list}",
        "没有角色 {name}；可用：{known}",
        name="'king'",
        known="viewer, admin",
    ),
    says("{person:quoted} is no member of this project", "{person} 不是本项目的成员", person="'user:7'"),
    says(
        "there is no account {person:quoted} that may see this project",
        "没有可以看到本项目的账号 {person}",
        person="'user:7'",
    ),
    says("expected one of {days:list} days, or 0 for no end", "应为 {days} 天之一，或 0（不设期限）", days="7, 30"),
    says("expected the name of a key of the crypto service", "应为密码服务中密钥的名称"),
    says(
        "a token's name has 1 to 64 small letters, digits, dots, hyphens and underscores",
        "令牌名称为 1 至 64 个小写字母、数字、点、连字符和下划线",
    ),
    says("a token ends later than now", "令牌的到期时间应晚于现在"),
)
