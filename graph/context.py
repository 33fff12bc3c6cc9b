"""The context of one operation: who is asking, when, and the loaders that batch its reads."""

import math
from contextlib import ExitStack
from datetime import datetime

import strawberry

from graph.loaders import Loaders
from graph.services import Services
from graph.tokens.claims import Claims
from graph.transports.connections import holder_of
from models.access import Viewer
from models.errors import DomainError, Unauthenticated, Unavailable
from models.outages import outage_of
from resolvers.idempotency import Asked


class Context:
    """Made once per operation, and for a socket, of which each operation makes its own.

    `asked` is the idempotency key that the current mutation came with, if any.
    """

    __slots__ = ("_address", "_at_end", "_claims", "_loaders", "_token", "_viewer", "asked", "now", "services")

    def __init__(self, services: Services, *, token: str | None = None, address: str = "") -> None:
        self.services = services
        self._address = address
        self._at_end: ExitStack | None = None
        self.asked: Asked | None = None
        self._token = token
        self._claims: Claims | None = None
        self._viewer: Viewer | DomainError = Unauthenticated("Nobody is signed in.")
        self.renew()

    def renew(self) -> datetime:
        """Read the clock, once, and start with empty loaders: for a new operation, or a new event of a subscription.

        Returns the moment.
        """
        self.now: datetime = self.services.clock.now()
        self.forget()
        return self.now

    def forget(self) -> None:
        """Start with empty loaders: after a change, what was read before is no longer so."""
        self._loaders: Loaders | None = None

    @property
    def at_end(self) -> ExitStack:
        """What is given back when the request ends."""
        self._at_end = self._at_end or ExitStack()
        return self._at_end

    async def sign_in(self) -> None:
        """Find out who the token stands for; a failure is told when somebody asks for the viewer.

        The token is read once: a new operation by the same caller only looks at its expiry and into the database.
        """
        try:
            if self._claims is None:
                self._claims, self._token = await self.services.porter.claims_of(self._token), None
            self._viewer = await self.services.porter.viewer_of(self._claims)
        except (Unauthenticated, Unavailable) as error:
            self._viewer = error
        except Exception as error:
            if (outage := outage_of(error)) is None:
                raise
            self._viewer = outage

    async def for_operation(self) -> "Context":
        """Return the context of a new operation by the same caller, as the database has them now."""
        context = Context(self.services, token=self._token, address=self._address)
        context._claims = self._claims
        await context.sign_in()
        return context

    async def start(self, *, operations: int = 1) -> None:
        """Count an operation of the caller, or what weighs as much: who is not signed in is known by the address.

        Raises Refusal when it is one too many.
        """
        who = self._viewer
        await self.services.rates.count(holder_of(who) if isinstance(who, Viewer) else self._address, operations)

    def for_event(self) -> "Context":
        """Return a context of the same caller for what happens now, with the clock read anew and loaders of its own."""
        context = Context(self.services)
        context._viewer = self._viewer
        return context

    @property
    def viewer(self) -> Viewer:
        """Who is signed in.

        Raises Unauthenticated, or Unavailable when that could not be found out.
        """
        if isinstance(self._viewer, DomainError):
            raise self._viewer
        return self._viewer

    @property
    def refusal(self) -> DomainError | None:
        """Why there is no viewer; None when there is one."""
        return self._viewer if isinstance(self._viewer, DomainError) else None

    @property
    def had_token(self) -> bool:
        """Whether a token came with the request, valid or not."""
        return self._token is not None or self._claims is not None

    @property
    def seconds_left(self) -> float:
        """For how long the caller's token is still valid: zero or less when it has expired, endless without one."""
        return self.services.porter.seconds_left(self._claims) if self._claims is not None else math.inf

    @property
    def loaders(self) -> Loaders:
        """The loaders of this operation or event."""
        if self._loaders is None:
            self._loaders = Loaders(practice_id=self.viewer.practice_id, now=self.now)
        return self._loaders


Info = strawberry.Info[Context, None]
