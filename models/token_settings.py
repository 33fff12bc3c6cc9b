"""Settings for tokens that an issuer signs, such as an OpenID provider."""

from ipaddress import ip_address
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings


class TokenSettings(BaseSettings):
    """What tokens have to say, and where the issuer's keys and the names in its tokens are found."""

    jwks_url: Annotated[
        str | None, Field(description="Where an issuer publishes the keys of its tokens (RS256, ES256, EdDSA)")
    ] = None
    jwks_refresh_seconds: Annotated[float, Field(gt=0, le=86_400, description="How often they are fetched")] = 300
    jwt_issuer: Annotated[
        str | None, Field(min_length=1, description="The `iss` of every token; needed with JWKS_URL")
    ] = None
    jwt_audience: Annotated[str, Field(min_length=1, description="The `aud` of every token")] = "session-tracker"
    jwt_practice_claim: Annotated[
        str, Field(min_length=1, description="The claim with the practice's id: its name, or a path with dots")
    ] = "practice"
    jwt_staff_claim: Annotated[str, Field(min_length=1, description="The claim with the staff member's id")] = "sub"
    jwt_email_claim: Annotated[
        str | None, Field(min_length=1, description="The claim with their email address, instead of the id")
    ] = None
    jwt_role_claim: Annotated[str, Field(min_length=1, description="The claim with the role of a system")] = "role"

    @field_validator("jwks_url")
    @classmethod
    def _cannot_be_tampered_with(cls, url: str | None) -> str | None:
        if url is not None and not _is_safe(url):
            raise ValueError("must be https://…, or http:// on this machine's loopback, without a user or password")
        return url

    @model_validator(mode="after")
    def _names_the_issuer(self) -> Self:
        if self.jwks_url is not None and self.jwt_issuer is None:
            raise ValueError("JWT_ISSUER must be set with JWKS_URL: the `iss` of the tokens that are signed there")
        return self


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        if not parts.hostname or parts.port == 0 or "@" in parts.netloc:
            return False
        return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    except ValueError:  # a port or an address that is none
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False
