"""The settings that bound what may be asked of a server."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode


class LimitSettings(BaseSettings):
    """Who is trusted."""

    forwarded_allow_ips: Annotated[
        str, Field(description="The proxies, as addresses and networks, whose X-Forwarded-For and -Proto are believed")
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...], NoDecode, Field(description="The origins whose pages may ask, such as https://app.example")
    ] = ()

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _are_separated_by_commas(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(origin.strip().rstrip("/") for origin in given.split(",") if origin.strip())

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or not parts.hostname
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError("must be origins, such as https://app.example, separated by commas")
        return tuple(origin.lower() for origin in origins)
