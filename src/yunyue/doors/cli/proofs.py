"""A fact and its proof as a person or a program reads them."""

from typing import Any

from yunyue.doors.cli.voice import Voice
from yunyue.journal.envelope import Recorded
from yunyue.kernel.inclusion import Inclusion


def lines(proof: Inclusion, voice: Voice) -> list[str]:
    """The whole path, for a person who wants to compute it again."""
    verdict = voice.pick("成立", "holds") if proof.holds else voice.pick("不成立", "does not hold")
    head, root = proof.head, proof.head.root.hex()
    return [
        f"{voice.pick('叶哈希：', 'leaf hash: ')}{proof.leaf.hex()}",
        f"{voice.pick('包含证明：', 'inclusion proof: ')}{verdict}",
        *(f"  {one.hex()}" for one in proof.path),
        voice.pick(
            f"已签名树头：{head.origin},{head.size} 条，根 {root}",
            f"signed head: {head.origin}, {head.size} leaves, root {root}",
        ),
    ]


def brief(one: Recorded) -> dict[str, Any]:
    """A fact's envelope as JSON values, without what it says."""
    fact = one.fact
    return {
        "sequence": one.sequence,
        "id": fact.id,
        "type": fact.type,
        "contract": fact.subject,
        "actor": fact.actor,
        "time": fact.time,
        "recorded": one.recorded,
    }
