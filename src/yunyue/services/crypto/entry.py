"""What the catalogue says of the crypto service."""

from decimal import Decimal
from typing import Final

from yunyue.catalog import Action, Entry, Indicator, Meter
from yunyue.contract.terms import Named, Objective
from yunyue.services.crypto.parameters import KeySpaceOrder

KEY_DAYS: Final = "crypto.key-day"
CALLS: Final = "crypto.call-10k"
AVAILABILITY: Final = "availability"
KEPT_KEYS: Final = "kept-keys"
_KEYS = Named(zh="密码应用服务：密钥", en="Cryptography: keys")
_CALLS = Named(zh="密码应用服务：调用", en="Cryptography: calls")
_AVAILABLE = Named(zh="密码服务可用性", en="Availability of cryptography")
_KEPT = Named(zh="密钥保全率", en="Keys not lost")

ENTRY = Entry(
    code="crypto",
    title=Named(zh="密码应用服务", en="Cryptography"),
    parameters=KeySpaceOrder,
    actions=(
        Action("new_token", Named(zh="重新签发访问令牌", en="Issue a new token")),
        Action("rotate", Named(zh="轮换全部密钥", en="Rotate every key")),
    ),
    meters=(
        Meter(KEY_DAYS, _KEYS, Named(zh="密钥·日", en="key·day")),
        Meter(CALLS, _CALLS, Named(zh="万次", en="10k calls")),
    ),
    indicators=(Indicator(AVAILABILITY, _AVAILABLE), Indicator(KEPT_KEYS, _KEPT)),
    objectives=(
        Objective(
            id="crypto-availability",
            service="crypto",
            title=_AVAILABLE,
            indicator=AVAILABILITY,
            method="M3",
            target=Decimal("99.95"),
            ladder=(),
        ),
        Objective(
            id="crypto-keys",
            service="crypto",
            title=_KEPT,
            indicator=KEPT_KEYS,
            method="M6",
            target=Decimal("100"),
            ladder=(),
        ),
    ),
)
