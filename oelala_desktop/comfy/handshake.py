"""Whether TLS is spoken at an address to which plain http was sent: a server says it by hanging up, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from urllib.parse import urlsplit

_PATIENCE = 3.0  # seconds for one handshake


async def speaks_tls(url: str) -> bool:
    """Nothing is sent and no certificate is looked at."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, ssl=context)
    except (OSError, TimeoutError):  # of which the faults of TLS are some
        return False
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            await writer.wait_closed()
    return True
