"""What is wrong with where samples are kept, who answers questions about them, and when they may go."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_BUCKETS: Final = (
    says(
        "a bucket has endpoint and region, and no {name}", "桶只有 endpoint 与 region 两项，没有 {name}", name="secret"
    ),
    says("the bucket's keys are missing; set {names}", "缺少桶的密钥，请设置 {names}", names="AWS_SECRET_ACCESS_KEY"),
    says(
        "the endpoint {endpoint} begins with neither https:// nor http://",
        "地址 {endpoint} 既非 https:// 也非 http:// 开头",
        endpoint="'ftp://x'",
    ),
    says("the bucket cannot be used: {why}", "桶无法使用：{why}", why="Generic S3 error"),
    says("the folder {path} cannot be made: {why}", "目录 {path} 无法建立：{why}", path="/x", why="Permission denied"),
)

_ENGINES: Final = (
    says(
        "{setting} is no address: {why}",
        "{setting} 不是地址：{why}",
        setting="'clickhouse://[x'",
        why="Invalid IPv6 URL",
    ),
    says(
        "{setting} is neither duckdb nor clickhouse://… nor spark://…",
        "{setting} 不是 duckdb、clickhouse://… 或 spark://…",
        setting="'oracle://x'",
    ),
    says(
        "{setting} names no master; spark://host:7077 or spark://local[2] does",
        "{setting} 未写明主节点，应如 spark://host:7077 或 spark://local[2]",
        setting="'spark://'",
    ),
    says(
        "this engine needs the package {name}, which is not installed",
        "此引擎需要软件包 {name}，尚未安装",
        name="pyspark",
    ),
    says("ClickHouse answers {status}: {why}", "ClickHouse 应答 {status}：{why}", status="403", why="Code: 516"),
    says(
        "ClickHouse does not answer at {address}: {why}",
        "ClickHouse（{address}）没有应答：{why}",
        address="http://127.0.0.1:8123/",
        why="Connection refused",
    ),
)

_KEEPING: Final = (
    says(
        "legal hold {hold} covers samples; nothing was taken away",
        "样本处于法律保全（{hold}）之下，未作任何清理",
        hold="hold-1",
    ),
    says(
        "no fact seals {segment} yet; nothing was taken away",
        "{segment} 尚无封存事实，未作任何清理",
        segment="seg-0-512",
    ),
)

_DAMAGE: Final = (
    says("{key} lies in the bucket with other bytes", "桶中已有 {key}，内容不同", key="series/seg-0-512.0123.parquet"),
    says(
        "{segment} could not be put into the bucket: {why}",
        "{segment} 未能存入桶：{why}",
        segment="seg-0-512",
        why="403",
    ),
    says(
        "{segment} cannot be had from the bucket: {why}",
        "无法自桶中取得 {segment}：{why}",
        segment="seg-0-512",
        why="404",
    ),
    says(
        "{key} is not what was sealed; its digest differs",
        "{key} 与封存时不同，摘要不符",
        key="series/seg-0-512.0123.parquet",
    ),
    says(
        "{name} is missing or no summary; bring it back from a backup",
        "{name} 缺失或并非汇总，请自备份取回",
        name="pruned-0-512.summary",
    ),
    says("the file cannot be had from the bucket: {why}", "无法自桶中取得文件：{why}", why="404"),
    says("its summary says something else than its samples", "其汇总与样本不符"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_BUCKETS, *_ENGINES, *_KEEPING, *_DAMAGE)
