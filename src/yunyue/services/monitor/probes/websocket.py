"""The WebSocket probe: the handshake of RFC 6455, and where the order says so a message and what a reply must hold."""

import ssl
from socket import AF_INET, AF_INET6, AddressFamily

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, socket_error, tls_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import Progress, timed
from yunyue.services.monitor.probes.trust import context
from yunyue.services.monitor.reading import HEX, octets, sendable

MOST_MESSAGES = 100
Socket = aiohttp.ClientWebSocketResponse


async def probe_websocket(probe: Probe, network: Network) -> None:
    """Returns when the target speaks WebSocket and replies as the order asks. Raises Failure."""
    async with timed(probe) as progress:
        target = probe.where
        address = await network.address(target.host, target.port)
        connector = aiohttp.TCPConnector(resolver=_Pinned(address), use_dns_cache=False, ssl=context(probe.ca))
        jar = aiohttp.DummyCookieJar()
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_create_end.append(lambda *_: _note(progress))
        tracing.on_request_redirect.append(_moved)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar, trace_configs=[tracing]) as session:
            await _converse(probe, session)


async def _note(progress: Progress) -> None:
    progress.connected = True


async def _moved(*_: object) -> None:
    """The library would go on to wherever the target says, past the address that was checked. A redirect is no 101."""
    raise Failure("status")


async def _converse(probe: Probe, session: aiohttp.ClientSession) -> None:
    try:
        opening = session.ws_connect(
            probe.where.url, headers=dict(sendable(probe.headers)), max_msg_size=probe.max_body
        )
        async with opening as there:
            if probe.send:
                await _say(there, probe.send)
            if probe.expect:
                await _hear(there, octets(probe.expect))
            there._response.close()  # a polite farewell would wait for a target that may never answer it
    except aiohttp.WSServerHandshakeError as error:
        raise Failure("protocol" if error.status in (0, 101) else "status") from None
    except aiohttp.ClientError as error:
        raise Failure(_client_error(error)) from None
    except OSError as error:
        raise Failure(socket_error(error)) from None


async def _say(there: Socket, text: str) -> None:
    if text.startswith(HEX):
        await there.send_bytes(octets(text))
    else:
        await there.send_str(text)


async def _hear(there: Socket, text: bytes) -> None:
    for _ in range(MOST_MESSAGES):
        message = await there.receive()
        match message.type:
            case aiohttp.WSMsgType.TEXT if text in message.data.encode():
                return
            case aiohttp.WSMsgType.BINARY if text in message.data:
                return
            case aiohttp.WSMsgType.TEXT | aiohttp.WSMsgType.BINARY:
                continue
            case aiohttp.WSMsgType.ERROR:
                raise Failure("too_large" if there.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG else "protocol")
            case _:
                raise Failure("reply")
    raise Failure("reply")


def _client_error(error: aiohttp.ClientError) -> Error:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            cause = error.certificate_error
            return tls_error(cause) if isinstance(cause, ssl.SSLError) else "tls"
        case aiohttp.ClientConnectorSSLError():
            cause = error.os_error
            return tls_error(cause) if isinstance(cause, ssl.SSLError) else "tls"
        case aiohttp.ServerDisconnectedError():
            return "reset"
        case aiohttp.ClientConnectorError():
            return socket_error(error.os_error)
        case OSError():
            return socket_error(error)
        case _:
            return "protocol"


class _Pinned(AbstractResolver):
    """Answers every question with the one address that was checked."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """The pinned address, whatever the name."""
        del family
        kind = AF_INET6 if ":" in self._address else AF_INET
        return [ResolveResult(hostname=host, host=self._address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to give back."""
