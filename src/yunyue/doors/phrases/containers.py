"""What is wrong with a manifest, a project or its images, and why a container does not run."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_MANIFESTS: Final = (
    says("the manifest is empty", "清单为空"),
    says("not YAML: {where}: {why}", "不是 YAML：{where}：{why}", where="line 1, column 5", why="expected a value"),
    says("not YAML: {why}", "不是 YAML：{why}", why="unexpected end"),
    says("a manifest holds at most {most} octets", "清单不得超过 {most} 字节", most="1048576"),
    says(
        "a manifest holds at most {most} documents, not {given}",
        "清单至多 {most} 个文档，实为 {given} 个",
        most="200",
        given="201",
    ),
    says(
        "a manifest's document is an object with apiVersion, kind and metadata",
        "清单中的每个文档应为带 apiVersion、kind、metadata 的对象",
    ),
    says("a document is nested at most {most} deep", "文档嵌套不得超过 {most} 层", most="40"),
    says("{kind:word} {name:word} appears twice", "{kind} {name} 出现两次", kind="Service", name="web"),
    says(
        "the kind {kind:quoted} is not accepted; accepted: {known:list}",
        "不接受类型 {kind}；可用：{known}",
        kind="'Pod'",
        known="Deployment, Service",
    ),
    says("{kind:word} is accepted as {version:word}", "{kind} 应写为 {version}", kind="Deployment", version="apps/v1"),
    says(
        "Kubernetes knows no kind {kind:quoted} in {version:quoted}",
        "Kubernetes 的 {version} 中没有类型 {kind}",
        kind="'Foo'",
        version="'v1'",
    ),
    says("Kubernetes knows no such field", "Kubernetes 没有此字段"),
    says("this field is outside the accepted subset", "此字段不在受支持的子集内"),
    says("a required field is missing: {name}", "缺少必填字段：{name}", name="selector"),
    says("does not fit the schema's rule {rule}", "不符合模式规则 {rule}", rule="enum"),
    says(
        "a name has 1 to 53 small letters, digits and hyphens and begins with a letter",
        "名称为 1 至 53 个小写字母、数字和连字符，以字母开头",
    ),
    says("this manifest is for another project than {project}", "此清单属于 {project} 以外的项目", project="web"),
    says("{text:quoted} is not a quantity such as 500m or 128Mi", "{text} 不是 500m、128Mi 这样的数量", text="'abc'"),
    says("{text:quoted} is out of range for a quantity", "{text} 超出数量的范围", text="'1e99'"),
    says("there is no time zone {zone:quoted}", "没有时区 {zone}", zone="'Mars/Base'"),
    says("expected five fields of cron", "应为 cron 的五个字段"),
    says("{text:quoted} is no schedule of cron", "{text} 不是 cron 时间表", text="'61 * * * *'"),
    says("expected a port such as 8080:80", "应为 8080:80 这样的端口"),
    says("only named volumes are mounted: nothing of the host", "只挂载具名卷，不挂载主机上的任何内容"),
    says("expected a duration such as 1m30s", "应为 1m30s 这样的时长"),
    says("this field of a Compose file has no meaning here", "Compose 文件的此字段在此没有意义"),
    says(
        "there is no kind {kind:quoted}; known: {known:list}",
        "没有类型 {kind}；可用：{known}",
        kind="'pod'",
        known="Job",
    ),
    says("expected a relative path without ..", "应为不含 .. 的相对路径"),
    says("one container per replica is accepted", "每个副本只接受一个容器"),
    says("maxSurge and maxUnavailable cannot both be 0", "maxSurge 与 maxUnavailable 不得同时为 0"),
    says("the template's labels must have this label too", "模板的标签也须含此标签"),
    says("only TCP is balanced", "只对 TCP 做负载均衡"),
    says("only the utilization of cpu is followed", "只按 CPU 利用率伸缩"),
    says("the container has no port {port}", "容器没有端口 {port}", port="'http'"),
    says("there is no volume {name}", "没有卷 {name}", name="'files'"),
    says("each of several ports needs a name of its own", "有多个端口时每个端口须各有名称"),
)

_POLICY: Final = (
    says("policy {rule:word}: {why:reason}", "策略 {rule}：{why}", rule="non-root", why="a limit is required"),
    says("a limit is required", "须写明上限"),
    says("the host's namespaces are not shared", "不与主机共享命名空间"),
    says("no token of the cluster is mounted", "不挂载集群令牌"),
    says("only volumes that hold nothing of the host", "只能用不含主机内容的卷"),
    says("kernel settings are the platform's", "内核参数由平台设定"),
    says("a container has no rights over the host", "容器对主机没有任何权限"),
    says("no program gains rights", "程序不得提升权限"),
    says("all are dropped; only NET_BIND_SERVICE may stay", "权能全部去除，只可保留 NET_BIND_SERVICE"),
    says("no device of the host is lent", "不出借主机设备"),
    says("a Service or an Ingress opens ports", "端口由 Service 或 Ingress 开放"),
    says("this project may not run as root", "此项目不得以 root 运行"),
    says("expected true, here or for the whole pod", "应为 true，写在此处或整个 Pod"),
    says("expected RuntimeDefault", "应为 RuntimeDefault"),
    says("expected Default", "应为 Default"),
    says("at least {least}; less starves the start of a container", "至少 {least}，更少会使容器无法启动", least="50m"),
    says("only cpu, memory and ephemeral-storage are lent", "只出借 cpu、memory 与 ephemeral-storage"),
)

_PROJECTS: Final = (
    says("there is no project {name:quoted}", "没有项目 {name}", name="'shop'"),
    says("there already is a project {name:quoted}", "已有项目 {name}", name="'shop'"),
    says("this machine holds at most {most} projects", "本机至多 {most} 个项目", most="120"),
    says("a project keeps at least one admin", "项目须至少保留一名管理员"),
    says("you are not a member of this project", "您不是此项目的成员"),
    says(
        "this needs the role {needed} in the project; yours is {yours}",
        "此操作需要项目角色 {needed}，您的角色是 {yours}",
        needed="deployer",
        yours="viewer",
    ),
    says(
        "the project would use {asked} of {what}; its quota is {quota}",
        "项目将使用 {what} {asked}，配额为 {quota}",
        asked="9000m",
        what="vcpu",
        quota="8000m",
    ),
    says("no room for another replica: {why:reason}", "容不下更多副本：{why}", why="a limit is required"),
    says("the project has {ports} ports", "项目只有 {ports} 个端口", ports="16"),
    says(
        "port {port} is taken by {whose:reason}", "端口 {port} 已被{whose}占用", port="30001", whose="another Service"
    ),
    says("another Service", "另一 Service"),
    says("a program of this machine", "本机的程序"),
    says("expected 0 to {most} replicas", "副本数应为 0 至 {most}", most="20"),
    says("expected 1 to 65535", "应为 1 至 65535"),
    says(
        "a {kind:word} is not scaled; a Deployment or StatefulSet is",
        "{kind} 不能伸缩；可伸缩的是 Deployment 与 StatefulSet",
        kind="Job",
    ),
    says(
        "a {kind:word} has no rollout; a Deployment or StatefulSet has",
        "{kind} 没有发布过程；有的是 Deployment 与 StatefulSet",
        kind="Job",
    ),
    says(
        "a {kind:word} is not restarted; a Deployment or StatefulSet is",
        "{kind} 不能重启；可重启的是 Deployment 与 StatefulSet",
        kind="Job",
    ),
    says(
        "there is no revision {number} of {kind:word} {name:word}",
        "{kind} {name} 没有第 {number} 版",
        number="7",
        kind="Deployment",
        name="web",
    ),
    says(
        "there is no revision before this one of {kind:word} {name:word}",
        "{kind} {name} 没有更早的版本",
        kind="Deployment",
        name="web",
    ),
    says("there is no running replica {name:quoted}", "没有正在运行的副本 {name}", name="'web-1'"),
    says("nobody answers at port {port}: {why}", "端口 {port} 无人应答：{why}", port="8080", why="no answer"),
)

_RUNNING: Final = (
    says("CreateContainerConfigError: {why:reason}", "容器配置有误：{why}", why="there is no ConfigMap settings"),
    says("FailedMount: {why:reason}", "挂载失败：{why}", why="there is no PersistentVolumeClaim files"),
    says("StartFailed: the container is gone", "启动失败：容器已不在"),
    says("StartFailed: {words}", "启动失败：{words}", words="no space left on device"),
    says("the image runs as {user}; set runAsUser", "镜像以 {user} 运行，请设置 runAsUser", user="root"),
    says("{kind:word} {name:word} has no key {key}", "{kind} {name} 没有键 {key}", kind="Secret", name="keys", key="a"),
    says("there is no PersistentVolumeClaim {name:word}", "没有 PersistentVolumeClaim {name}", name="files"),
    says("its files cannot be written: {why}", "无法写入文件：{why}", why="No space left on device"),
    says("the volume cannot be made: {why}", "无法创建卷：{why}", why="No space left on device"),
    says("the volume cannot be mounted: {why}", "无法挂载卷：{why}", why="no loop device"),
    says("containers on podman need the platform to run as root", "podman 引擎要求平台以 root 运行"),
    says(
        "containers need packages that are not installed: {remedy}",
        "容器服务所需软件包尚未安装：{remedy}",
        remedy="apt-get",
    ),
    says("podman's service does not start: {words}", "podman 服务无法启动：{words}", words="no words"),
    says("the addresses of Services cannot be had: {words}", "无法取得 Service 的地址：{words}", words="busy"),
    says("haproxy does not start: {words}", "haproxy 无法启动：{words}", words="no words"),
    says("no Kubernetes cluster is configured", "尚未配置 Kubernetes 集群"),
    says("the command cannot be run: {words}", "命令无法运行：{words}", words="no such file"),
)

_IMAGES: Final = (
    says(
        "ImagePull: there is no image {image:word} here; push it to {path:word}",
        "拉取镜像失败：本机没有镜像 {image}，请推送到 {path}",
        image="web:1",
        path="127.0.0.1:5000/shop",
    ),
    says("ImagePull: there is no image {image:word} here", "拉取镜像失败：本机没有镜像 {image}", image="web:1"),
    says("ImagePull: {image:word} belongs to another project", "拉取镜像失败：{image} 属于其他项目", image="a/b:1"),
    says("ImagePull: {words}", "拉取镜像失败：{words}", words="manifest unknown"),
    says("there is no image {image:word}", "没有镜像 {image}", image="shop/app:v1"),
    says("the registry answers {status}", "镜像仓库应答 {status}", status="500"),
    says("the registry's door cannot open: {why}", "镜像仓库的入口无法打开：{why}", why="Address already in use"),
    says(
        "the registry is not installed: apt-get install -y docker-registry",
        "镜像仓库尚未安装：apt-get install -y docker-registry",
    ),
    says(
        "ImageSignature: {image:word} is not signed by {signer}",
        "镜像 {image} 没有 {signer} 的签名",
        image="a@b",
        signer="k",
    ),
    says("ImageSignature: the signature of {image:word} is wrong", "镜像 {image} 的签名不正确", image="shop/app"),
    says("there already is a push token {name:quoted}", "已有推送令牌 {name}", name="'ci'"),
    says("a project has at most {most} push tokens", "每个项目至多 {most} 个推送令牌", most="20"),
    says("there is no push token {name:quoted}", "没有推送令牌 {name}", name="'ci'"),
    says("not an archive of an image: {why}", "不是镜像归档：{why}", why="ReadError"),
    says(
        "images are made for amd64 here, not {machine}", "本机只能制作 amd64 镜像，不能制作 {machine}", machine="arm64"
    ),
    says("the image cannot be written: {why}", "无法写入镜像：{why}", why="No space left on device"),
    says(
        "busybox is not installed: apt-get install -y busybox-static",
        "busybox 尚未安装：apt-get install -y busybox-static",
    ),
    says(
        "busybox is not static: apt-get install -y busybox-static",
        "busybox 不是静态版本：apt-get install -y busybox-static",
    ),
    says(
        "mmdebstrap is not installed: apt-get install -y mmdebstrap",
        "mmdebstrap 尚未安装：apt-get install -y mmdebstrap",
    ),
    says("mmdebstrap was not done within {seconds} s", "mmdebstrap 未在 {seconds} 秒内完成", seconds="900"),
    says("mmdebstrap failed: {words}", "mmdebstrap 失败：{words}", words="no mirror"),
)

_RULES: Final = (
    says("ImagePull: the registry does not answer: {why}", "拉取镜像失败：镜像仓库没有应答：{why}", why="refused"),
    says("ImagePull: there is no image {image:word}", "拉取镜像失败：没有镜像 {image}", image="127.0.0.1:5000/a/b:1"),
    says(
        "policy image-signature: only images of the registry can be signed, by {signer:word}",
        "策略 image-signature：只有仓库中的镜像才能由 {signer} 签名",
        signer="release",
    ),
    says("policy image-signature: {why:reason}", "策略 image-signature：{why}", why="no reason"),
    says(
        "ImageSignature: no key space of the crypto service is named in {path:word}",
        "{path} 中未指定密码服务的密钥空间",
        path="keys.json",
    ),
    says(
        "ImageSignature: {path:word} may be read by others and is not used",
        "{path} 可被他人读取，因此不予使用",
        path="keys.json",
    ),
    says("ImageSignature: {path:word} is not used: {why}", "{path} 未被采用：{why}", path="keys.json", why="no JSON"),
    says(
        "ImageSignature: the crypto service refuses key {name:word}: {why}",
        "密码服务拒绝使用密钥 {name}：{why}",
        name="release",
        why="signing key not found",
    ),
    says("expected 1 to {most:word}", "应在 1 至 {most} 之间", most="1000"),
    says("expected the name of a key of the crypto service, or nothing", "应为密码服务中密钥的名称，或留空"),
    says("the image has more than {most} GiB of layers", "镜像各层合计超过 {most} GiB", most="4"),
    says(
        "{image:word} is an index of several images; name one by its digest",
        "{image} 是多个镜像的索引，请用摘要指定其中一个",
        image="shop/app:v1",
    ),
    says(
        "every network from 10.64.0.0/16 to 10.191.0.0/16 is taken on this machine",
        "本机 10.64.0.0/16 至 10.191.0.0/16 的网段均已被占用",
    ),
    says(
        "there is no token; set YUNYUE_TOKEN, or name a file with --token-file",
        "没有令牌；请设置 YUNYUE_TOKEN，或用 --token-file 指定文件",
    ),
    says("the platform does not answer: {why}", "平台没有应答：{why}", why="refused"),
    says("the platform answers {status:word}", "平台应答 {status}", status="500"),
    says("an address begins with http:// or https://", "地址应以 http:// 或 https:// 开头"),
    says("the token is not known there", "对方平台不认识该令牌"),
    says("you may not do this there", "在对方平台上没有此权限"),
    says("there is no such contract or project there", "对方平台上没有此合同或项目"),
    says("there is no such running replica, port or command there", "对方平台上没有此运行中的副本、端口或命令"),
    says("too many streams are open there", "在对方平台上打开的连接过多"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_MANIFESTS, *_POLICY, *_PROJECTS, *_RUNNING, *_IMAGES, *_RULES)
