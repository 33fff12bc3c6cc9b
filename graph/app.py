"""The application: its routes, and what runs beside them while it serves."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypedDict

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.auth import Porter
from graph.demo import demo_routes
from graph.limits.rates import Rates
from graph.limits.trusted import TrustedDocuments, read_trusted
from graph.metrics import metrics
from graph.pages.asking import wants_a_page
from graph.pages.site import DOCUMENTS, STATIC, Page, Site
from graph.schema import make_schema
from graph.services import Services
from graph.tokens.issuer import Issuer, Pace
from graph.tokens.rules import rules_of
from graph.transports.connections import Connections, Doors
from graph.transports.conversation import Conversation, Line, Reception
from graph.transports.headers import SafeHeaders
from graph.view import GraphQLView
from jobs.bus import Bus, InProcessBus
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from jobs.worker import Worker
from models.clock import Clock, DemoClock, SystemClock
from models.database import connected, database
from models.demo import demo_state, signing_secret
from models.settings import Settings
from models.unit_of_work import all_finished
from resolvers.live.hub import Hub

GRAPHQL: Final = "/graphql"
READINESS_SECONDS: Final = 2.0
STATEMENT_SECONDS: Final = 10.0
LAST_WORKS_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)
INDEX: Final = """Session Tracker: a GraphQL API.

POST /graphql   queries and mutations
GET  /graphql   queries
WS   /graphql   the same and subscriptions, over graphql-transport-ws
POST /graphql   the same, over graphql-sse or as multipart subscriptions, by the Accept header
GET  /graphql   in a browser: the explorer
GET  /          in a browser: the page
GET  /livez     whether the process runs
GET  /readyz    whether it can serve
GET  /metrics   numbers for Prometheus, where METRICS=true
"""


class State(TypedDict):
    """What requests and sockets find while the application runs."""

    view: GraphQLView
    conversations: Mapping[str, Callable[[Line], Conversation]]
    doors: Doors


class App(Starlette):
    """Adds what keeps browsers safe to every answer, also to those that tell of a fault."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return what serves a request."""
        return SafeHeaders(super().build_middleware_stack())


class GraphQLEndpoint:
    """Hands requests to the view that the application made when it started; people get the explorer."""

    def __init__(self, explorer: Page) -> None:
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope)
        if wants_a_page(request):
            await (await self._explorer.answer(request))(scope, receive, send)
            return
        view: GraphQLView = scope["state"]["view"]
        with suppress(ClientDisconnect):
            await view(scope, receive, send)


def make_app(settings: Settings, *, clock: Clock | None = None, static: Path = STATIC) -> Starlette:
    """Return the application; in tests `clock` stands in for the machine's, and `static` for what was built."""
    wall_clock = clock or SystemClock()
    trusted = read_trusted(settings, built=static / DOCUMENTS)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with connected(settings.database_url, statement_seconds=STATEMENT_SECONDS):
            services, relay = await start_services(settings, wall_clock=wall_clock, trusted=trusted)
            app.state.services = services
            jobs = [relay.run(), *([services.worker.run()] if settings.worker else ())]
            jobs += [services.issuer.run()] if services.issuer else []
            async with services.bus.running(), background(*jobs):
                schema = make_schema(demo=settings.demo_mode, limits=settings)
                reception = Reception(schema, services, settings.init_seconds, settings.operations_per_socket)
                yield {
                    "view": GraphQLView(schema, services),
                    "conversations": {GRAPHQL: reception.open},
                    "doors": Doors(services.connections, frozenset(settings.allowed_origins)),
                }
                await services.hub.aclose()
            await _last_works()
            await services.rates.aclose()

    async def index(request: Request) -> Response:
        if wants_a_page(request):
            return await site.index.answer(request)
        return PlainTextResponse(INDEX, headers={"Vary": "Accept"})

    site = Site(demo=settings.demo_mode, only_trusted=trusted.only, folder=static)
    routes = [
        Route("/", index),
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route(GRAPHQL, GraphQLEndpoint(site.explorer)),
        *site.routes,
        *demo_routes(settings),
        *([Route("/metrics", metrics)] if settings.metrics else []),
    ]
    return App(routes=routes, lifespan=lifespan, middleware=_pages_of(settings.allowed_origins))


def _pages_of(origins: Sequence[str]) -> list[Middleware]:
    """Return what lets pages of other origins ask, where some are named. They send a token, never a cookie."""
    if not origins:
        return []
    headers = ("authorization", "content-type")
    exposed = ("Retry-After",)
    methods = ("GET", "POST")
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=methods,
            allow_headers=headers,
            expose_headers=exposed,
        )
    ]


async def start_services(settings: Settings, *, wall_clock: Clock, trusted: TrustedDocuments) -> tuple[Services, Relay]:
    """Return what the process shares; in demo mode the clock goes on from where it was set ahead to."""
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    bus: Bus = RedisBus(redis_url) if redis_url else InProcessBus()
    clock: Clock = wall_clock
    demo_clock = None
    if settings.demo_mode:
        state = await demo_state()
        clock = demo_clock = DemoClock(wall_clock, days_ahead=state.days_ahead)
    connections = Connections(per_viewer=settings.sockets_per_viewer, per_address=settings.sockets_per_address)
    pace = Pace(refresh=settings.jwks_refresh_seconds)
    issuer = Issuer(settings.jwks_url, pace=pace, on_change=connections.look_again) if settings.jwks_url else None
    services = Services(
        bus=bus,
        hub=Hub(bus, now=clock.now),
        clock=clock,
        wall_clock=wall_clock,
        porter=Porter(clock=wall_clock, secret=await signing_secret(settings), rules=rules_of(settings), issuer=issuer),
        connections=connections,
        worker=Worker(clock),
        rates=Rates(per_second=settings.operations_per_second, redis_url=redis_url, now=time.time),
        trusted=trusted,
        demo_clock=demo_clock,
        issuer=issuer,
    )
    return services, Relay(bus)


async def _last_works() -> None:
    """Wait for the units of work that are running, unless what they wait for does not come."""
    try:
        await asyncio.wait_for(all_finished(), LAST_WORKS_SECONDS)
    except TimeoutError:
        _log.error("Work that did not end within %g seconds is rolled back.", LAST_WORKS_SECONDS)


@asynccontextmanager
async def background(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run the jobs for the time of the block; then cancel them and wait for their end."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def livez(_request: Request) -> PlainTextResponse:
    """Answer that the process runs."""
    return PlainTextResponse("alive\n")


async def readyz(request: Request) -> PlainTextResponse:
    """Answer whether requests should come here: 503 while the database cannot be reached, while there are no
    keys to check tokens with, and before it ends.
    """
    services: Services = request.app.state.services
    if services.connections.is_leaving:
        return PlainTextResponse("not ready: draining\n", status_code=503)
    if not services.porter.has_keys:
        return PlainTextResponse("not ready: no keys at JWKS_URL\n", status_code=503)
    try:
        await asyncio.wait_for(database().execute_query("SELECT 1"), READINESS_SECONDS)
    except Exception as error:
        return PlainTextResponse(f"not ready: {type(error).__name__}\n", status_code=503)
    return PlainTextResponse("ready\n")
