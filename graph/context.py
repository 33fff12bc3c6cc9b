"""The context of one operation: who is asking, when, and the loaders that batch its reads."""

from collections.abc import Mapping
from datetime import datetime

import strawberry

from graph.auth import bearer_token, viewer_of
from graph.loaders import Loaders
from graph.services import Services
from models.access import Viewer
from models.errors import Unauthenticated


class Context:
    """Made once per operation; over a socket `connection_params` come first and each operation makes its own."""

    def __init__(self, services: Services, *, token: str | None = None) -> None:
        self.services = services
        self.connection_params: Mapping[str, object] | None = None
        self._token = token
        self._viewer: Viewer | Unauthenticated = Unauthenticated("Nobody is signed in.")
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

    async def sign_in(self) -> None:
        """Find out who the token stands for; a failure is told when somebody asks for the viewer."""
        if self.connection_params is not None:
            self._token = bearer_token(self.connection_params)
        try:
            self._viewer = await viewer_of(
                self._token, secret=self.services.jwt_secret, now=self.services.wall_clock.now()
            )
        except Unauthenticated as error:
            self._viewer = error

    async def for_operation(self) -> "Context":
        """Return the context of a new operation by the same caller, as the database has them now."""
        context = Context(self.services, token=self._token)
        await context.sign_in()
        return context

    @property
    def viewer(self) -> Viewer:
        """Who is signed in.

        Raises Unauthenticated.
        """
        if isinstance(self._viewer, Unauthenticated):
            raise self._viewer
        return self._viewer

    @property
    def loaders(self) -> Loaders:
        """The loaders of this operation or event."""
        if self._loaders is None:
            self._loaders = Loaders(practice_id=self.viewer.practice_id, now=self.now)
        return self._loaders


Info = strawberry.Info[Context, None]
