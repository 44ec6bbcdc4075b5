"""What it takes to speak to an address: its certificates."""

from __future__ import annotations

import ssl

from oelala_desktop.domain.address import Address


def ssl_context(address: Address) -> ssl.SSLContext | None:
    """None for plain http. Raises OSError if the CA file cannot be read."""
    if not address.url.startswith("https:"):
        return None
    return ssl.create_default_context(cafile=address.ca_file or None)
