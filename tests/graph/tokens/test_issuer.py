"""The issuer's keys, from a real server that rotates them: fetched in time, once for all, and from who is trusted."""

import asyncio
from pathlib import Path

import pytest

from graph.app import background
from graph.tokens.issuer import Issuer, Pace
from tests.certificates import self_signed
from tests.graph.tokens.asking import EAGER, FIRST, NEVER, ON_DEMAND, SECOND, asking, have, ids, pause, was_asked
from tests.issuer import KeyServer, key_server, key_set
from tests.storage.waiting import until


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
