"""Keys, encryption, signatures, timestamps and certificates: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="crypto",
    title=Named(zh="密码应用服务", en="Cryptography"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "crypto.key-day", Named(zh="密码应用服务:密钥", en="Cryptography: keys"), Named(zh="密钥·日", en="key·day")
        ),
        Meter(
            "crypto.call-10k", Named(zh="密码应用服务:调用", en="Cryptography: calls"), Named(zh="万次", en="10k calls")
        ),
    ),
    indicators=(
        Indicator("availability", Named(zh="密码服务可用性", en="Availability of cryptography")),
        Indicator("kept-keys", Named(zh="密钥保全率", en="Keys not lost")),
    ),
    objectives=(
        Objective(
            id="crypto-availability",
            service="crypto",
            title=Named(zh="密码服务可用性", en="Availability of cryptography"),
            indicator="availability",
            method="M3",
            target=Decimal("99.95"),
            ladder=(),
        ),
        Objective(
            id="crypto-keys",
            service="crypto",
            title=Named(zh="密钥保全率", en="Keys not lost"),
            indicator="kept-keys",
            method="M6",
            target=Decimal("100"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)
