"""Why a person's role does not record, correct or decide something. The duties bring their own Chinese."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says
from yunyue.people.duties import DUTIES

_ROLES: Final = (
    says(
        "{kind} is not recorded by role {role}: {why:reason}",
        "角色 {role} 不得录入 {kind}：{why}",
        kind="order.approved",
        role="engineer",
        why="written by the platform, by no side",
    ),
    says(
        "{kind} is not recorded by role {role}", "角色 {role} 不得录入 {kind}", kind="order.approved", role="engineer"
    ),
    says("{kind} is not decided by role {role}", "角色 {role} 不得决定 {kind}", kind="order.approved", role="engineer"),
    says(
        "a {role} does not speak for the {party:reason}", "角色 {role} 不代表{party}", role="engineer", party="client"
    ),
    says(
        "a {kind} is not corrected by role {role}: {why:reason}",
        "角色 {role} 不得更正 {kind}：{why}",
        kind="order.approved",
        role="engineer",
        why="written by the platform, by no side",
    ),
    says(
        "no {kind} of {person} by another person",
        "没有由另一人作出的关于 {person} 的 {kind}",
        kind="staff.proposed",
        person="'p-1'",
    ),
    says(
        "the client has not consented to the {change:reason} of {person}",
        "甲方尚未同意 {person} {change}",
        change="assignment",
        person="'p-1'",
    ),
    says(
        "the client has not consented to the {change:reason} of {person} since it was asked for",
        "{person} {change} 提出之后，甲方尚未同意",
        change="assignment",
        person="'p-1'",
    ),
    says(
        "{person} was proposed as {post:reason}, not as {other:reason}",
        "提名 {person} 的岗位是 {post}，不是 {other}",
        person="'p-1'",
        post="engineer",
        other="manager",
    ),
    says("this form was sent already; nothing is recorded twice", "此表单已经提交过；不会重复录入"),
    says("there is no proposal {proposal}", "没有提议 {proposal}", proposal="'p-1'"),
    says("whoever proposed it does not decide on it", "提议人不得自行决定"),
    says("not recorded", "未录入"),
)

_WHYS: Final = dict.fromkeys((one.why.en, one.why.zh) for one in DUTIES.values())

PHRASES: Final[tuple[Phrase, ...]] = (*_ROLES, *(says(en, zh.replace(",", "，")) for en, zh in _WHYS))
