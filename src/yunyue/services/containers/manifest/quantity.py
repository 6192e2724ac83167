"""Quantities as Kubernetes writes them: 500m of a processor, 128Mi of memory."""

import re
from decimal import ROUND_CEILING, Decimal
from typing import Final

from yunyue.answer import Refused

FORM: Final = re.compile(r"^([+-]?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei|[eE][+-]?[0-9]+)?$")
DECIMAL: Final = {"": 0, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def amount(text: str | float, field: str) -> Decimal | Refused:
    """The exact amount of a quantity. Refused: not a quantity, negative, or beyond reason."""
    read = FORM.fullmatch(str(text))
    if read is None or len(str(text)) > 30:
        return Refused(f"{text!r} is not a quantity such as 500m or 128Mi", field, "C37")
    number, unit = Decimal(read[1]), read[2] or ""
    if unit in BINARY:
        found = number * Decimal(1 << BINARY[unit])
    elif unit in DECIMAL:
        found = number.scaleb(DECIMAL[unit])
    else:
        found = Decimal(f"{read[1]}{unit}") if len(unit) <= 4 else Decimal(-1)
    if not 0 <= found < 2**62:
        return Refused(f"{text!r} is out of range for a quantity", field, "C37")
    return found


def milli(text: str | float) -> int:
    """Thousandths of a processor, rounded up. Raises ValueError when it is no quantity: admission looked before."""
    return _whole(text, 3)


def octets(text: str | float) -> int:
    """Octets, rounded up. Raises ValueError when it is no quantity."""
    return _whole(text, 0)


def _whole(text: str | float, places: int) -> int:
    found = amount(text, "")
    if isinstance(found, Refused):
        raise ValueError(found.reason)
    return int(found.scaleb(places).to_integral_value(ROUND_CEILING))
