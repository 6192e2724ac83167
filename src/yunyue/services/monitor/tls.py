"""TLS: whom we trust, and the probe that warns before a certificate ends."""

import asyncio
import ssl
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.x509 import load_der_x509_certificate

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, socket_error
from yunyue.services.monitor.parameters import Probe


@lru_cache(maxsize=64)
def context(ca: str) -> ssl.SSLContext:
    """Trusts the certificates in `ca` (PEM) alone, or, when it is empty, those the system trusts."""
    return ssl.create_default_context(cadata=ca or None)


async def probe_tcp(probe: Probe, network: Network) -> None:
    """Returns when the target takes a connection. Raises Failure."""
    try:
        async with asyncio.timeout(probe.timeout):
            await _connect(probe, network, None)
    except TimeoutError:
        raise Failure("connect_timeout") from None


async def probe_expiry(probe: Probe, network: Network) -> None:
    """Returns when the target's certificate is valid and stays so for the days the order asks. Raises Failure."""
    try:
        async with asyncio.timeout(probe.timeout):
            end = await _connect(probe, network, context(probe.ca))
    except TimeoutError:
        raise Failure("connect_timeout") from None
    if end is None:
        raise Failure("tls")
    if end - network.now() < timedelta(days=probe.days_before):
        raise Failure("expires_soon")


async def _connect(probe: Probe, network: Network, trust: ssl.SSLContext | None) -> datetime | None:
    """Connect and hang up; with TLS the end of the target's certificate."""
    target = probe.where
    address = await network.address(target.host, target.port)
    name = target.host if trust else None
    try:
        _, writer = await asyncio.open_connection(address, target.port, ssl=trust, server_hostname=name)
    except (OSError, EOFError) as error:
        raise Failure(socket_error(error)) from None
    try:
        shown = writer.get_extra_info("ssl_object")
        certificate = shown.getpeercert(binary_form=True) if shown else None
        return load_der_x509_certificate(certificate).not_valid_after_utc if certificate else None
    finally:
        writer.transport.abort()  # a polite farewell would wait for a target that may never answer it
