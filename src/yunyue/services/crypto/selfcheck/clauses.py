"""The requirements of GB/T 39786—2021 for the third level (chapter 8) in the four technical layers, by short titles.

The titles are ours and short; the standard's own words are in the standard. Level three is what a government cloud's
systems are usually graded; other levels have the same items with other weights.
"""

from dataclasses import dataclass
from typing import Final, Literal

from yunyue.settlement.statement import Said

Layer = Literal["physical", "network", "device", "application"]
Weight = Literal["must", "should", "may"]
LAYERS: Final[dict[Layer, Said]] = {
    "physical": Said("物理和环境安全", "Physical and environment"),
    "network": Said("网络和通信安全", "Network and communication"),
    "device": Said("设备和计算安全", "Device and computing"),
    "application": Said("应用和数据安全", "Application and data"),
}
WEIGHTS: Final[dict[Weight, Said]] = {
    "must": Said("应", "must"),
    "should": Said("宜", "should"),
    "may": Said("可", "may"),
}
STANDARD: Final = "GB/T 39786—2021"


@dataclass(frozen=True, slots=True)
class Item:
    """A requirement: its place in the standard, layer, title and weight; `visible`: whether software can see of it."""

    id: str
    layer: Layer
    title: Said
    weight: Weight
    visible: bool = True

    @property
    def clause(self) -> str:
        """Where it stands, such as "GB/T 39786—2021 8.2 a)"."""
        head = self.id.rstrip("abcdefghp")
        tail = self.id[len(head) :]
        if not tail:
            return f"{STANDARD} {head}"
        return f"{STANDARD} {head} 密码产品" if tail == "p" else f"{STANDARD} {head} {tail})"


def _unseen(identifier: str, layer: Layer, zh: str, en: str, weight: Weight = "should") -> Item:
    return Item(identifier, layer, Said(zh, en), weight, visible=False)


ITEMS: Final = (
    _unseen("8.1a", "physical", "物理访问身份鉴别", "Who enters is authenticated"),
    _unseen("8.1b", "physical", "门禁记录完整性", "Integrity of door records"),
    _unseen("8.1c", "physical", "视频记录完整性", "Integrity of video records"),
    _unseen("8.1p", "physical", "密码产品达到二级", "Certified products of level two", "must"),
    Item("8.2a", "network", Said("通信实体身份鉴别", "Authentication of communicating parties"), "must"),
    Item("8.2b", "network", Said("通信数据完整性", "Integrity of communication"), "should"),
    Item("8.2c", "network", Said("通信重要数据机密性", "Confidentiality of communication"), "must"),
    _unseen("8.2d", "network", "网络边界访问控制信息完整性", "Integrity of access rules at the border"),
    _unseen("8.2e", "network", "外部设备接入认证", "Authentication of devices that join", "may"),
    _unseen("8.2p", "network", "密码产品达到二级", "Certified products of level two", "must"),
    Item("8.3a", "device", Said("登录设备的身份鉴别", "Authentication at devices"), "must"),
    Item("8.3b", "device", Said("远程管理通道安全", "Secure channel of remote administration"), "must"),
    _unseen("8.3c", "device", "系统资源访问控制信息完整性", "Integrity of access rules of the system"),
    _unseen("8.3d", "device", "重要信息资源安全标记完整性", "Integrity of security labels"),
    _unseen("8.3e", "device", "日志记录完整性", "Integrity of logs"),
    _unseen("8.3f", "device", "重要可执行程序完整性与来源", "Integrity and origin of programs"),
    _unseen("8.3p", "device", "密码产品达到二级", "Certified products of level two", "must"),
    Item("8.4a", "application", Said("登录用户身份鉴别", "Authentication of users"), "must"),
    _unseen("8.4b", "application", "应用访问控制信息完整性", "Integrity of access rules of the application"),
    _unseen("8.4c", "application", "重要信息资源安全标记完整性", "Integrity of security labels"),
    Item("8.4d", "application", Said("重要数据传输机密性", "Confidentiality of data in transit"), "must"),
    Item("8.4e", "application", Said("重要数据存储机密性", "Confidentiality of data at rest"), "must"),
    Item("8.4f", "application", Said("重要数据传输完整性", "Integrity of data in transit"), "should"),
    Item("8.4g", "application", Said("重要数据存储完整性", "Integrity of data at rest"), "should"),
    _unseen("8.4h", "application", "数据原发与接收的不可否认性", "Non-repudiation of sending and receiving"),
    Item("8.4p", "application", Said("密码产品达到二级", "Certified products of level two"), "must"),
    Item("5", "application", Said("密码算法与技术合规", "Algorithms and techniques that conform"), "must"),
    Item("附录B", "application", Said("密钥生存周期管理", "Life cycle of keys"), "should"),
)
BY_ID: Final = {one.id: one for one in ITEMS}
