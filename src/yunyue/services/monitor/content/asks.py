"""What an order may ask of a page's content, and the form of an ICP number."""

import re
from typing import Final

from yunyue.services.monitor.target import parse_endpoint, parse_target

SHORTEST_INTERVAL_S: Final = 60
ICP: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP[备证]\d{6,10}号(?:-\d{1,4})?"
)
"""As the ministry gives them out: province, ICP备 (or 证), digits, 号, and for one site of several its number."""


def require_page(interval_s: int, icp: str, domain_days: int, registry: str) -> None:
    """Raises ValueError, naming the field."""
    if interval_s < SHORTEST_INTERVAL_S:
        raise ValueError(f"interval_s: a page is visited every {SHORTEST_INTERVAL_S} s at most")
    if icp and not ICP.fullmatch(icp):
        raise ValueError(f"icp: {icp!r} has not the form of an ICP number, such as 京ICP备12345678号-1")
    if domain_days and not registry:
        raise ValueError("registry: who shall be asked when the domain ends? An RDAP URL, or a WHOIS host:port")
    if registry.startswith(("http://", "https://")):
        parse_target(registry.partition(":")[0], registry)
    elif registry:
        parse_endpoint(registry, 43)
