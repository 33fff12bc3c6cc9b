"""The channels of Redis: which hints travel on which, how they are written, and who listens there."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

import orjson

from jobs.bus import Hint, Listeners, Topic
from models.identifiers import written_id

PREFIX: Final = "session-tracker:"
CONTROL: Final = f"{PREFIX}control"
CROWD: Final = 20
"""Up to so many hints of one practice at once, each client's travel in a message of their own."""

_CLIENT, _PRACTICE, _CROWD = f"{PREFIX}client:", f"{PREFIX}practice:", f"{PREFIX}crowd:"


def own_channel(topic: Topic) -> str:
    """Return the channel of the topic alone."""
    practice_id, client_id = topic
    return f"{_PRACTICE}{practice_id}" if client_id is None else f"{_CLIENT}{practice_id}:{client_id}"


def crowd_channel(practice_id: UUID) -> str:
    """Return the channel on which a practice's hints travel when they are many; all its topics are heard there too."""
    return f"{_CROWD}{practice_id}"


def messages(hints: Iterable[Hint]) -> Iterator[tuple[str, bytes]]:
    """Yield the channels on which to tell of the hints, and what; a channel's hints travel together.

    A crowd of hints is one message for all who listen on any topic of the practice: to write and to hear one for each
    client takes a hundred times as long.
    """
    of_practices: dict[UUID, list[Hint]] = {}
    for hint in hints:
        of_practices.setdefault(hint.practice_id, []).append(hint)
    for practice_id, of_practice in of_practices.items():
        if len(of_practice) > CROWD:
            yield crowd_channel(practice_id), _written(of_practice)
        else:
            yield from _messages_apart(of_practice)


def pass_on(channel: str, data: bytes, *, listeners: Listeners) -> None:
    """Tell the listeners of the hints in a message.

    Raises any exception when it is not one that `messages` has made, or a listener fails.
    """
    is_for_clients, is_for_practice = not channel.startswith(_PRACTICE), not channel.startswith(_CLIENT)
    for client_id, practice_id, revision in orjson.loads(data):
        hint = Hint(written_id(client_id), written_id(practice_id), revision)
        client, practice = hint.topics
        if is_for_clients:
            listeners.tell(client, hint)
        if is_for_practice:
            listeners.tell(practice, hint)


def tell_of_loss(channel: str, *, listeners: Listeners) -> None:
    """Tell all who are heard on a channel that hints may have been lost."""
    kind, practice_id, *client_id = channel.removeprefix(PREFIX).split(":")
    if kind == "crowd":
        listeners.tell_of_loss(UUID(practice_id))
    else:
        listeners.tell(Topic(UUID(practice_id), UUID(client_id[0]) if client_id else None), None)


def _messages_apart(hints: list[Hint]) -> Iterator[tuple[str, bytes]]:
    told: dict[Topic, list[Hint]] = {}
    for hint in hints:
        for topic in hint.topics:
            told.setdefault(topic, []).append(hint)
    for topic, of_topic in told.items():
        yield own_channel(topic), _written(of_topic)


def _written(hints: list[Hint]) -> bytes:
    # The database's driver has UUIDs of its own, which orjson refuses.
    return orjson.dumps([(str(hint.client_id), str(hint.practice_id), hint.revision) for hint in hints])
