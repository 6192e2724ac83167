"""Whose a name or an address is, as far as the facts say: names by proof, internal addresses by what two people signed.

A proven name says nothing about addresses, since whoever owns a name may have it resolve to anybody's machine.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import OwnershipGranted, OwnershipProven


def is_theirs(tenant: str, name: str, facts: Sequence[Fact]) -> bool:
    """Whether the name, or the address, is the tenant's. Of an address granted to two tenants, neither has it alone."""
    address = _address(name)
    if address is None:
        wanted = name.lower().rstrip(".")
        return any(
            isinstance(one.data, OwnershipProven) and (one.data.tenant, one.data.name) == (tenant, wanted)
            for one in facts
        )
    holders = {
        one.data.tenant
        for one in facts
        if isinstance(one.data, OwnershipGranted) and address in ip_network(one.data.addresses)
    }
    return holders == {tenant}


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.partition("%")[0])
    except ValueError:
        return None
