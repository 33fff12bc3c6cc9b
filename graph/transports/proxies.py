"""Where a request comes from: whose word is taken for it, and what counts as one place."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, Final

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

FORWARDED_FOR: Final = b"x-forwarded-for"
PLACES: Final = 4096
NETWORK_BITS: Final = 64


def address_of_peer(address: str, headers: Iterable[tuple[bytes, bytes]], *, trusted: str) -> str:
    """Return the address that a request comes from: what the nearest of the trusted proxies was connected to by.

    Who is no trusted proxy may say what they like.
    """
    hosts = _hosts(trusted)
    if not trusted or address not in hosts:
        return address
    said = b", ".join(value for name, value in headers if name == FORWARDED_FOR).decode("latin-1")
    return hosts.get_trusted_client_address(said)[0] or address if said else address


@lru_cache(PLACES)
def place_of(address: str) -> str:
    """Return what is counted as one address: of IPv6 the network, for whoever has one has all that are in it."""
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> NETWORK_BITS << NETWORK_BITS))


@lru_cache
def _hosts(trusted: str) -> Any:
    """Return uvicorn's own account of the proxies, which requests without a socket go by."""
    return ProxyHeadersMiddleware(_nothing, trusted).trusted_hosts  # type: ignore[arg-type]  # it is never called


async def _nothing() -> None:
    """Stand in for an application."""
