"""Settings for the tokens of an issuer: what is taken, and what is refused with a line that helps."""

import pytest

from models.settings import InvalidSettings, read_settings

ADDRESS = "JWKS_URL: must be https://…, or http:// on this machine's loopback, without a user or password"
ISSUER = "JWT_ISSUER must be set with JWKS_URL: the `iss` of the tokens that are signed there"
NEITHER = "JWT_SECRET must be set outside demo mode, or JWKS_URL; for a demo set DEMO_MODE=true"
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----"


@pytest.fixture(autouse=True)
def issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the issuer, and nothing else."""
    for name in ("DEMO_MODE", "JWT_SECRET", "JWKS_URL", "JWT_AUDIENCE", "JWT_EMAIL_CLAIM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JWT_ISSUER", "https://login.example/")


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example/.well-known/jwks.json",
        "https://login.example:8443/keys?tenant=harbour",
        "http://localhost:8080/keys",
        "http://127.0.0.1/keys",
        "http://127.8.8.8:1/keys",
        "http://[::1]:8080/keys",
    ],
)
def test_an_address_of_keys_is_taken_and_is_enough(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """No secret is needed beside it; the audience and the claims have their usual names."""
    monkeypatch.setenv("JWKS_URL", url)
    settings = read_settings()
    assert (settings.jwks_url, settings.jwt_secret, settings.jwt_audience) == (url, None, "session-tracker")
    claims = (settings.jwt_practice_claim, settings.jwt_staff_claim, settings.jwt_email_claim, settings.jwt_role_claim)
    assert claims == ("practice", "sub", None, "role")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "login.example/keys",
        "https://",
        "https://login.example:0/keys",
        "https://login.example:https/keys",
        "https://user:password@login.example/keys",
        "http://login.example/keys",
        "http://localhost.login.example/keys",
        "http://127.0.0.1@login.example/keys",
        "http://127.0.0.1.login.example/keys",
        "http://10.0.0.1/keys",
        "http://[::2]/keys",
        "file:///etc/passwd",
        "ftp://localhost/keys",
    ],
)
def test_another_address_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Whoever can change the keys on their way lets in whom they like."""
    monkeypatch.setenv("JWKS_URL", url)
    with pytest.raises(InvalidSettings) as refused:
        read_settings()
    assert str(refused.value) == ADDRESS


def test_keys_need_the_name_of_their_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a token of another tenant of the same provider is none."""
    monkeypatch.setenv("JWKS_URL", "https://login.example/keys")
    monkeypatch.delenv("JWT_ISSUER")
    with pytest.raises(InvalidSettings) as refused:
        read_settings()
    assert str(refused.value) == ISSUER


def test_without_a_secret_and_without_keys_nobody_could_sign_in() -> None:
    """One of them is needed."""
    with pytest.raises(InvalidSettings) as refused:
        read_settings()
    assert str(refused.value) == NEITHER


def test_a_public_key_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody could sign with it."""
    monkeypatch.setenv("JWT_SECRET", PUBLIC_KEY)
    with pytest.raises(InvalidSettings) as refused:
        read_settings()
    assert str(refused.value) == "JWT_SECRET: must be a secret: public keys are for JWKS_URL"


@pytest.mark.parametrize(
    "name", ["JWT_ISSUER", "JWT_AUDIENCE", "JWT_PRACTICE_CLAIM", "JWT_STAFF_CLAIM", "JWT_EMAIL_CLAIM", "JWT_ROLE_CLAIM"]
)
def test_an_empty_name_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It would be compared with nothing."""
    monkeypatch.setenv("JWT_SECRET", "a secret of the tests, long enough to sign with")
    monkeypatch.setenv(name, "")
    with pytest.raises(InvalidSettings, match=f"{name}: String should have at least 1 character"):
        read_settings()
