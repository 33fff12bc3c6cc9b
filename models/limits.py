"""The settings that bound what may be asked of a server."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode


class LimitSettings(BaseSettings):
    """What one document, one request, one viewer and one address may ask for, and who is trusted."""

    document_characters: Annotated[int, Field(ge=1000, description="How long a document may be")] = 32 * 1024
    document_tokens: Annotated[int, Field(ge=100, description="How many words and signs a document may have")] = 1000
    query_depth: Annotated[int, Field(ge=3, description="How deep fields may be nested")] = 15
    query_aliases: Annotated[int, Field(ge=0, description="How many aliases an operation may have")] = 100
    query_root_fields: Annotated[int, Field(ge=1, description="How many fields an operation may begin with")] = 50
    query_directives: Annotated[int, Field(ge=0, description="How many directives an operation may have")] = 100
    variable_values: Annotated[int, Field(ge=100, description="How many values all variables may have")] = 1000
    query_cost: Annotated[int, Field(ge=100, description="How many fields an answer may have at most")] = 25_000
    init_seconds: Annotated[
        float, Field(gt=0, le=60, description="How long a socket may wait with connection_init")
    ] = 5.0
    operation_seconds: Annotated[
        float, Field(gt=0, description="How long a query, a mutation or an event of a subscription may take")
    ] = 15.0
    operations_per_second: Annotated[
        int, Field(ge=1, description="How many operations a viewer may start, on average over ten seconds")
    ] = 100
    operations_per_socket: Annotated[
        int, Field(ge=1, description="How many operations may run at a time over one socket")
    ] = 100
    sockets_per_viewer: Annotated[
        int, Field(ge=1, description="How many sockets and event streams one viewer may hold open on a process")
    ] = 200
    sockets_per_address: Annotated[
        int, Field(ge=1, description="How many sockets and event streams one address may hold open on a process")
    ] = 1000
    forwarded_allow_ips: Annotated[
        str, Field(description="The proxies, as addresses and networks, whose X-Forwarded-For and -Proto are believed")
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...], NoDecode, Field(description="The origins whose pages may ask, such as https://app.example")
    ] = ()
    introspection: Annotated[
        bool, Field(description="Whether the schema can be asked for, and errors suggest names from it")
    ] = True
    trusted_documents: Annotated[
        Path | None,
        Field(description="A persisted-documents.json of graphql-codegen: documents asked for by their hash"),
    ] = None
    only_trusted_documents: Annotated[
        bool, Field(description="Whether no other documents are answered than those, and the pages' own")
    ] = False

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        for each in filter(None, map(str.strip, given.split(","))):
            try:
                ip_network(each, strict=False)
            except ValueError as error:
                raise ValueError("must be addresses and networks, such as 10.0.0.0/8, separated by commas") from error
        return given

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
