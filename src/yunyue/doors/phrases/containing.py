"""What the doors to containers refuse: which project, what a command runs into, who may do what."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("the command did not end within {seconds} s", "命令未在 {seconds} 秒内结束", seconds="20"),
    says("there is no replica {name:quoted}", "没有副本 {name}", name="'web-1'"),
    says("the engine does not answer: {why:reason}", "引擎没有响应：{why}", why="too late"),
    says("too late", "超时"),
    says("expected LOCAL:REMOTE, two ports from 0 to 65535", "应为以冒号相连的本机端口与远端端口，各为 0 至 65535"),
    says(
        "say which project with --project; there are: {known:list}",
        "请用 --project 指明项目；现有：{known}",
        known="web",
    ),
    says("there is no project yet; order the service containers first", "尚无项目；请先订购容器服务（containers）"),
    says("a manifest has at most {most} MiB", "清单不得超过 {most} MiB", most="4"),
    says("the first member of a project is an admin", "项目的第一位成员应为管理员（admin）"),
    says("say where it goes: --output FILE, or --load", "请指明去向：--output 文件，或 --load"),
    says(
        "the registry does not answer; the platform starts it with the first project",
        "镜像仓库没有响应；平台随第一个项目启动它",
    ),
    says("type the name of the object to delete it", "请输入对象的名称以删除"),
)
