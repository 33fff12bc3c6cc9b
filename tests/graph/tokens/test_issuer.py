"""The issuer's keys, from a real server that rotates them, goes down, and answers in every wrong way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from graph.app import background
from graph.tokens.issuer import MOST_BYTES, Issuer, Pace
from tests.certificates import self_signed
from tests.issuer import KeyServer, key_server, key_set, signer
from tests.storage.waiting import until

FIRST, SECOND = signer("RS256", "first"), signer("ES256", "second")
NEVER = 3600.0
ON_DEMAND = Pace(refresh=NEVER, retry=NEVER, slowest_retry=NEVER, look=0, answer=5)
EAGER = Pace(refresh=0.01, retry=0.01, slowest_retry=0.01, look=0, answer=5)


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    """Publish the first key."""
    async with key_server() as running:
        running.publish(FIRST)
        yield running


@asynccontextmanager
async def asking(server: KeyServer, pace: Pace) -> AsyncIterator[Issuer]:
    """Ask the server for its keys for the time of the block, which begins when the first attempt is over."""
    issuer = Issuer(server.url, pace=pace)
    async with background(issuer.run()):
        await issuer.look_again()
        yield issuer


def ids(issuer: Issuer) -> set[str | None]:
    """Return the ids of the keys it has."""
    return {key.id for key in issuer.keys}


async def pause() -> None:
    """Let the others go on."""
    await asyncio.sleep(0.001)


async def test_keys_are_fetched_at_the_start(server: KeyServer) -> None:
    """Until then there are none."""
    issuer = Issuer(server.url, pace=ON_DEMAND)
    assert (ids(issuer), issuer.is_reached) == (set(), False)
    async with background(issuer.run()):
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached, server.asked) == ({"first"}, True, 1)


async def test_keys_are_refreshed_by_themselves(server: KeyServer) -> None:
    """A new one is known before anybody asks for it, and one that was withdrawn is not kept."""
    async with asking(server, EAGER) as issuer:
        server.publish(FIRST, SECOND)
        await until(lambda: have(issuer, {"first", "second"}))
        server.publish(SECOND)
        await until(lambda: have(issuer, {"second"}))


async def have(issuer: Issuer, wanted: set[str]) -> bool:
    """Tell whether it has these keys."""
    await pause()
    return ids(issuer) == wanted


async def test_a_change_is_told_once(server: KeyServer) -> None:
    """And the same keys, in another order, are none."""
    changes: list[set[str | None]] = []
    issuer = Issuer(server.url, pace=ON_DEMAND, on_change=lambda: changes.append(ids(issuer)))
    async with background(issuer.run()):
        await issuer.look_again()
        server.publish(SECOND, FIRST)
        await issuer.look_again()
        before = issuer.keys
        server.publish(FIRST, SECOND)
        await issuer.look_again()
        assert issuer.keys is before
    assert changes == [{"first"}, {"first", "second"}]


async def test_many_who_look_at_once_ask_once(server: KeyServer) -> None:
    """They wait for the same answer."""
    async with asking(server, ON_DEMAND) as issuer:
        asked = server.asked
        server.answers.clear()
        looking = [asyncio.create_task(issuer.look_again()) for _ in range(100)]
        await until(lambda: was_asked(server, asked + 1))
        assert not any(task.done() for task in looking)
        server.answers.set()
        await asyncio.gather(*looking)
        assert server.asked == asked + 1


async def was_asked(server: KeyServer, times: int) -> bool:
    """Tell whether the server has been asked so often."""
    await pause()
    return server.asked >= times


async def test_who_looks_again_and_again_asks_once(server: KeyServer) -> None:
    """Nobody makes us ask the issuer more often than the pace allows, with whatever keys they name."""
    async with asking(server, Pace(refresh=NEVER, look=NEVER)) as issuer:
        asked = server.asked
        for _ in range(1_000):
            await issuer.look_again()
        assert server.asked == asked


async def test_who_looks_and_leaves_cancels_nothing(server: KeyServer) -> None:
    """The others get their answer."""
    async with asking(server, ON_DEMAND) as issuer:
        server.publish(SECOND)
        server.answers.clear()
        leaves, stays = (asyncio.create_task(issuer.look_again()) for _ in range(2))
        await pause()
        leaves.cancel()
        server.answers.set()
        await stays
        assert ids(issuer) == {"second"}


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


async def is_reached(issuer: Issuer, wanted: bool) -> bool:
    """Tell whether the newest attempt went well, or did not."""
    await pause()
    return issuer.is_reached is wanted


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


async def test_an_issuer_that_withdraws_all_keys_is_believed(server: KeyServer) -> None:
    """Its answer is well-formed: nobody's token is good any more."""
    async with asking(server, ON_DEMAND) as issuer:
        server.body = key_set()
        await issuer.look_again()
        assert (ids(issuer), issuer.is_reached) == (set(), True)


async def test_keys_come_from_who_has_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else's are taken; SSL_CERT_FILE tells whom to trust."""
    certificate, tls = self_signed(tmp_path)
    async with key_server(tls=tls) as server:
        async with asking(server, ON_DEMAND) as issuer:
            assert (ids(issuer), issuer.is_reached, server.asked) == (set(), False, 0)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with asking(server, ON_DEMAND) as issuer:
            assert (ids(issuer), issuer.is_reached, server.asked) == ({"first"}, True, 1)


async def test_certificates_that_are_not_there_keep_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There are no keys, and the log says why; they come when the file does."""
    certificate, tls = self_signed(tmp_path)
    late = tmp_path / "late.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(late))
    async with key_server(tls=tls) as server, asking(server, ON_DEMAND) as issuer:
        assert (ids(issuer), issuer.is_reached) == (set(), False)
        assert "FileNotFoundError" in caplog.text
        late.write_bytes(certificate.read_bytes())
        await issuer.look_again()
        assert ids(issuer) == {"first"}


async def test_the_end_frees_those_who_wait(server: KeyServer) -> None:
    """They go on with the keys there are."""
    issuer = Issuer(server.url, pace=ON_DEMAND)
    server.answers.clear()
    async with background(issuer.run()):
        looking = asyncio.create_task(issuer.look_again())
        await until(lambda: was_asked(server, 1))
    await looking
    assert ids(issuer) == set()
