"""Settings: what is taken, what is refused with a line that helps, and what is never shown."""

import pytest

from models.settings import InvalidSettings, Settings, read_settings

REFUSAL = "REDIS_URL: must be redis://HOST:PORT, rediss://HOST:PORT or unix://PATH; a password is percent-encoded"


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what the others need."""
    monkeypatch.setenv("DEMO_MODE", "true")
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_without_an_address_there_is_no_redis() -> None:
    """One process serves."""
    assert read_settings().redis_url is None


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1",
        "redis://cache.example:6380/2",
        "rediss://tracker:harbour%2Fsecret@cache.example:6380/0?ssl_cert_reqs=required",
        "redis://:harbour-secret@[::1]:6379",
        "unix:///run/redis.sock",
        "unix://:harbour-secret@/run/redis.sock?db=1",
    ],
)
def test_an_address_of_redis_is_taken_and_never_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """It may carry a password."""
    monkeypatch.setenv("REDIS_URL", url)
    settings = read_settings()
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == url
    assert url not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:6379",
        "http://127.0.0.1:6379",
        "redis://",
        "redis://:harbour-secret@",
        "redis://127.0.0.1:http",
        "redis://127.0.0.1:65536",
        "redis://:harbour/secret@127.0.0.1",
        "rediss:cache.example",
        "unix://",
    ],
)
def test_another_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Neither in the line nor in the error behind it."""
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(InvalidSettings) as refused:
        read_settings()
    assert str(refused.value) == REFUSAL
    assert "harbour" not in repr(refused.value.__cause__)


def test_a_refused_setting_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong about a secret does not show the secret."""
    monkeypatch.setenv("JWT_SECRET", "too-short-secret")
    with pytest.raises(InvalidSettings, match="JWT_SECRET: must have 32 characters or more") as refused:
        read_settings()
    assert "too-short-secret" not in repr(refused.value.__cause__) + str(Settings.model_construct())
