"""An issuer that is down, slow or endless, or answers in a wrong way: the keys there are stay in use."""

import pytest

from graph.tokens.issuer import MOST_BYTES, Pace
from tests.graph.tokens.asking import EAGER, NEVER, ON_DEMAND, SECOND, asking, have, ids, is_reached
from tests.issuer import KeyServer
from tests.storage.waiting import until


async def test_keys_stay_in_use_while_the_issuer_is_down(server: KeyServer) -> None:
    """And are refreshed when it is back, without a restart."""
    async with asking(server, EAGER) as issuer:
        await server.stop()
        await until(lambda: is_reached(issuer, False))
        assert ids(issuer) == {"first"}
        server.publish(SECOND)
        await server.start()
        await until(lambda: have(issuer, {"second"}))
        assert issuer.is_reached


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad gateway</html>", b"null", b"{}", b'{"keys": 5}', b"[" * 100_000, b"{" + b" " * MOST_BYTES],
    ids=["nothing", "a page", "null", "an empty object", "no list", "a deep list", "too much"],
)
async def test_garbage_does_not_replace_keys(server: KeyServer, body: bytes) -> None:
    """Nor does it end the fetching."""
    async with asking(server, ON_DEMAND) as issuer:
        server.body = body
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"first"}, False)
        server.publish(SECOND)
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"second"}, True)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("500 Internal Server Error", []),
        ("404 Not Found", []),
        ("204 No Content", []),
        ("302 Found", ["Location: http://127.0.0.1:1/keys"]),
    ],
)
async def test_another_status_does_not_replace_keys(server: KeyServer, status: str, headers: list[str]) -> None:
    """A redirection is not followed: keys come from where the settings say."""
    async with asking(server, ON_DEMAND) as issuer:
        server.publish(SECOND)
        server.status, server.headers = status, headers
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"first"}, False)


async def test_a_compressed_answer_is_not_unpacked(server: KeyServer) -> None:
    """We asked for none, and small ones can be huge."""
    async with asking(server, ON_DEMAND) as issuer:
        server.body, server.headers = b"\x1f\x8b\x08\x00", ["Content-Encoding: gzip"]
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"first"}, False)


async def test_an_endless_answer_is_cut_off(server: KeyServer) -> None:
    """At 128 KiB."""
    async with asking(server, ON_DEMAND) as issuer:
        server.is_endless = True
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"first"}, False)


async def test_an_answer_that_does_not_come_is_given_up(server: KeyServer) -> None:
    """And the next one is taken."""
    async with asking(server, Pace(refresh=NEVER, retry=NEVER, look=0, answer=0.2)) as issuer:
        server.publish(SECOND)
        server.answers.clear()
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == ({"first"}, False)
        server.answers.set()
        await issuer.look_again()
        assert ids(issuer) == {"second"}
