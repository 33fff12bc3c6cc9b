"""The provider's keys as they come and go: new ones, withdrawn ones, and none while it is down."""

from tests.api.openid.office import FIRST, SECOND, Office, is_ready, opened, post, refusal_of_a_socket
from tests.api.served import Api, closing
from tests.api.streaming import COMPLETE, EventStream, streaming
from tests.api.test_streams import WATCH
from tests.conftest import StillClock
from tests.issuer import signer
from tests.storage.waiting import until


async def test_a_new_key_is_good_at_once(office: Office) -> None:
    """The first token that it signed has the keys fetched; a key that is unknown still is refused."""
    office.keys.publish(FIRST, SECOND)
    assert (await post(office.api(SECOND))).status_code == 200
    asked = office.keys.asked
    for _ in range(20):
        answer = await post(office.api(signer("EdDSA", "unheard of")))
        assert answer.status_code == 401
    assert office.keys.asked == asked


async def test_a_key_that_is_withdrawn_is_good_no_more(database_url: str, clock: StillClock) -> None:
    """Requests are refused, sockets closed with 4403, streams ended: also those that had been let in."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05) as office:
        api = office.api()
        client = (await office.secret_api().done("createClient", "client { id }", name="Mara Keller"))["client"]["id"]
        async with api.socket() as socket, streaming(api, EventStream, WATCH, id=client) as stream:
            assert "data" in await stream.next()
            await socket.next(await socket.subscribe(WATCH, id=client))
            office.keys.publish(SECOND)
            assert (await closing(socket.raw))[0] == 4403
            assert (await post(api)).status_code == 401
            assert [error["extensions"]["code"] for error in (await stream.next())["errors"]] == ["UNAUTHENTICATED"]
            assert await stream.next() == COMPLETE
        assert (await post(office.api(SECOND))).status_code == 200
        assert (await post(office.secret_api())).status_code == 200


async def test_the_provider_is_down_at_the_start(database_url: str, clock: StillClock) -> None:
    """Not ready, UNAVAILABLE for its tokens, those of the secret are good; and all is well when it is there."""
    async with opened(database_url, clock, is_down=True) as office:
        assert await office.ready() == (503, "not ready: no keys at JWKS_URL\n")
        answer = await post(office.api())
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (503, {"code": "UNAVAILABLE"})
        assert (await refusal_of_a_socket(office.api()))[0] == 1013
        assert (await post(office.secret_api())).status_code == 200
        await office.keys.start()
        await until(lambda: is_ready(office))
        assert (await post(office.api())).status_code == 200


async def test_the_provider_goes_down(database_url: str, clock: StillClock) -> None:
    """Who has a token of a known key comes in; of another key it cannot be told, and is UNAVAILABLE."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05) as office:
        await office.keys.stop()
        await until(lambda: is_unavailable(office.api(SECOND)))
        assert (await post(office.api())).status_code == 200
        assert await office.ready() == (200, "ready\n")
        assert (await refusal_of_a_socket(office.api(SECOND)))[0] == 1013


async def test_metrics_tell_whether_the_provider_can_be_reached(database_url: str, clock: StillClock) -> None:
    """For who operates it, before tokens of new keys come."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05, metrics=True) as office:
        assert await tells_reached(office, 1)
        await office.keys.stop()
        await until(lambda: tells_reached(office, 0))


async def tells_reached(office: Office, wanted: int) -> bool:
    """Tell whether the metrics have that number."""
    text = (await office.http.get(f"{office.address}/metrics")).text
    (line,) = (line for line in text.splitlines() if line.startswith("session_tracker_issuer_reached{"))
    return float(line.split()[-1]) == wanted


async def is_unavailable(api: Api) -> bool:
    """Tell whether a request is answered with 503."""
    return (await post(api)).status_code == 503
