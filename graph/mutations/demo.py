"""The mutation that exists in demo mode only."""

from types import SimpleNamespace
from typing import Annotated

import strawberry

from graph.context import Info
from graph.mutations.once import IdempotencyKey
from graph.mutations.payloads import PracticePayload, answer
from models.practices import Practice
from resolvers import demo


@strawberry.type
class DemoMutations:
    """What makes time pass in minutes."""

    @strawberry.mutation(
        graphql_type=PracticePayload,
        description="Demo mode only: set the clock ahead, and do all that falls due, in order, before answering.",
    )
    async def advance_clock(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="How many days, 1 to 3,660.")],
        idempotency_key: IdempotencyKey = None,  # noqa: ARG002 (read by `Once`)
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Practice:
            services = context.services
            assert services.demo_clock is not None, "the mutation is in the schema of demo mode only"
            practice = await demo.advance_clock(
                viewer=context.viewer, days=days, clock=services.demo_clock, worker=services.worker
            )
            context.renew()
            return practice

        return await answer(info.context, "practice", work)
