"""Settings, from the environment."""

from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from models.limits import LimitSettings
from models.token_settings import TokenSettings

SECRET_LENGTH: Final = 32
SCHEMES: Final = ("sqlite://", "postgresql://", "postgres://")
REDIS_SCHEMES: Final = ("redis", "rediss", "unix")


class InvalidSettings(Exception):
    """A setting is wrong; the message says which, and what would be right."""


class Settings(TokenSettings, LimitSettings):
    """What can be set from outside; each field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: Annotated[str, Field(description="sqlite://PATH or postgresql://USER:PASSWORD@HOST/NAME")] = (
        "sqlite://var/session-tracker.sqlite3"
    )
    redis_url: Annotated[
        SecretStr | None,
        Field(description="redis://USER:PASSWORD@HOST:PORT, rediss://… or unix://PATH; without it, one process serves"),
    ] = None
    jwt_secret: Annotated[SecretStr | None, Field(description="Signs the tokens (HS256); 32 characters or more")] = None
    demo_mode: Annotated[
        bool, Field(description="A seeded practice, a clock that can be advanced, a secret made up")
    ] = False
    worker: Annotated[
        bool,
        Field(description="Whether `serve` settles what is due, too; false where `session-tracker worker` does"),
    ] = True
    host: Annotated[str, Field(description="The address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on; 0 picks a free one")] = 8000
    drain_delay_seconds: Annotated[
        float, Field(ge=0, le=60, description="How long a process that is to stop is unready and still serves")
    ] = 0
    metrics: Annotated[
        bool, Field(description="Whether `serve` answers GET /metrics, which asks nobody for a token")
    ] = False
    metrics_port: Annotated[
        int | None,
        Field(ge=0, le=65535, description="Where `session-tracker worker` tells its metrics; nowhere without it"),
    ] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Field(description="What to log")] = "info"

    @field_validator("database_url")
    @classmethod
    def _is_supported(cls, url: str) -> str:
        if not url.startswith(SCHEMES) or ":memory:" in url:
            raise ValueError("must be sqlite://PATH, a file, or postgresql://…")
        return url.replace("postgres://", "postgresql://", 1)

    @field_validator("redis_url")
    @classmethod
    def _names_a_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _names_redis(url.get_secret_value()):
            raise ValueError(
                "must be redis://HOST:PORT, rediss://HOST:PORT or unix://PATH; a password is percent-encoded"
            )
        return url

    @field_validator("jwt_secret")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SECRET_LENGTH:
            raise ValueError(f"must have {SECRET_LENGTH} characters or more")
        if secret is not None and "-----BEGIN" in secret.get_secret_value():
            raise ValueError("must be a secret: public keys are for JWKS_URL")
        return secret

    @model_validator(mode="after")
    def _has_a_secret(self) -> Self:
        if self.jwt_secret is None and self.jwks_url is None and not self.demo_mode:
            raise ValueError("JWT_SECRET must be set outside demo mode, or JWKS_URL; for a demo set DEMO_MODE=true")
        return self


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises InvalidSettings, with one line for each setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSettings("\n".join(_line(problem) for problem in error.errors())) from error


def _names_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        return parts.scheme in REDIS_SCHEMES and bool(place) and parts.port != 0
    except ValueError:  # a port that is none
        return False


def _line(problem: object) -> str:
    assert isinstance(problem, dict), "pydantic tells each problem as a dictionary"
    message = str(problem["msg"]).removeprefix("Value error, ")
    name = ".".join(map(str, problem["loc"])).upper()
    return f"{name}: {message}" if name else message
