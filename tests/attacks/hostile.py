"""What hostile clients send, by name."""

from collections.abc import Sequence
from typing import Final

from tests.attacks import requests, sockets
from tests.attacks.prey import Attack

ATTACKS: Final[Sequence[Attack]] = (
    requests.garbage,
    requests.half_a_body,
    requests.deep_json,
    requests.large_body,
    requests.another_shape,
    requests.another_site,
    requests.change_by_get,
    requests.another_method,
    requests.batch,
    requests.aliases,
    requests.many_guesses,
    requests.doubling,
    requests.circles,
    requests.directives,
    requests.depth,
    requests.brackets,
    requests.pages,
    requests.the_schema_over_and_over,
    requests.forged_token,
    requests.strange_words,
    requests.strange_names,
    requests.broken_cursor,
    requests.numbers_without_end,
    requests.raw_bytes,
    requests.half_a_request,
    requests.dropped_stream,
    sockets.another_origin,
    sockets.socket_garbage,
    sockets.dropped_subscriptions,
    sockets.twice_the_same,
)
