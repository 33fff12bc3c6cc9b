"""Where a request comes from, and what counts as one place."""

import pytest

from graph.transports.proxies import address_of_peer, place_of


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_a_network_of_ipv6_is_one_place(address: str, place: str) -> None:
    """Whoever has one address in it has as many as they like."""
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("peer", "trusted", "address"),
    [
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.0/8", "192.0.2.2"),
        ("10.0.0.1", "10.0.0.0/8,192.0.2.2", "192.0.2.1"),
    ],
)
def test_a_proxy_is_believed_if_it_is_named(peer: str, trusted: str, address: str) -> None:
    """As far back as all who speak are named."""
    headers = [(b"x-forwarded-for", b"192.0.2.1, 192.0.2.2")]
    assert address_of_peer(peer, headers, trusted=trusted) == address
