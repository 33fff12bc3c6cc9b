"""A token issuer: it signs, and publishes its keys on a real HTTP server that can be mistreated."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ADDRESS = "https://login.example/"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
MAKERS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
Private = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True)
class Signer:
    """A private key of the issuer, with the id and the algorithm under which it is published."""

    algorithm: str
    id: str | None
    private: Private

    def sign(self, claims: dict[str, Any], **headers: object) -> str:
        """Return a token; `headers` are set beside the key's id, or instead of it."""
        named = {"kid": self.id, **headers} if self.id is not None else headers
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers=named)

    @property
    def published(self) -> dict[str, Any]:
        """The public key as the issuer publishes it."""
        said: dict[str, Any] = MAKERS[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)  # type: ignore[attr-defined]
        said.pop("key_ops", None)
        return {**said, "use": "sig", **({"kid": self.id} if self.id is not None else {})}

    @property
    def pem(self) -> bytes:
        """The public key as attackers like it."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def signer(algorithm: str = "RS256", key_id: str | None = "first", *, bits: int = 2048) -> Signer:
    """Return the signer of that algorithm and id; always the same one."""
    if algorithm == "RS256":
        return Signer(algorithm, key_id, generate_rsa(65537, bits))
    return Signer(
        algorithm, key_id, generate_curve(SECP256R1()) if algorithm == "ES256" else Ed25519PrivateKey.generate()
    )


def key_set(*signers: Signer) -> bytes:
    """Return the keys as a set."""
    return json.dumps({"keys": [each.published for each in signers]}).encode()


class KeyServer:
    """Publishes keys on one port of 127.0.0.1, whatever happens to it; `asked` counts the requests."""

    def __init__(self, *, tls: SSLContext | None = None) -> None:
        self.asked = 0
        self._tls = tls
        self.status = "200 OK"
        self.headers: list[str] = []
        self.body = key_set(signer())
        self.is_endless = False
        self.answers = asyncio.Event()
        self.answers.set()
        self._port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return where the keys are."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}/keys"

    async def start(self) -> None:
        """Serve, on the same port as before."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self._port, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go down, with every connection."""
        if self._server is not None:
            self._server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def publish(self, *signers: Signer) -> None:
        """Have these keys and no others from now on."""
        self.body = key_set(*signers)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "the server runs it as one"
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await reader.readuntil(b"\r\n\r\n")
                self.asked += 1
                await self.answers.wait()
                await self._answer(writer)
            finally:
                self._tasks.discard(task)
                writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if self.is_endless:
            writer.write(ENDLESS)
        else:
            lines = [f"HTTP/1.1 {self.status}", *self.headers, f"Content-Length: {len(self.body)}", "Connection: close"]
            writer.write("\r\n".join([*lines, "", ""]).encode() + self.body)
        await writer.drain()
        while self.is_endless:
            writer.write(b" " * 65_536)
            await writer.drain()


@asynccontextmanager
async def key_server(*, tls: SSLContext | None = None) -> AsyncIterator[KeyServer]:
    """Start a key server and stop it at the end."""
    server = KeyServer(tls=tls)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
