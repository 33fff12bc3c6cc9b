"""How large a run is; each size can be set by an environment variable of its name in capitals."""

from typing import Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Sizes(BaseSettings):
    """The sizes of a full run."""

    model_config = SettingsConfigDict(frozen=True)

    rounds: int = 9
    """Each round measures every contender once."""
    dialogs: int = 2_000
    """Open at once, and the number of clients."""
    many_dialogs: int = 10_000
    """The larger number of dialogs open at once."""
    events: int = 10
    """In a train: each follows when all dialogs have received the one before."""
    probes: int = 100
    """Completions per round whose way through two processes is timed, idle and under load."""
    completions: int = 500
    """Per second, of other clients, under load."""
    at_once: int = 100
    """Dialogs that open at the same time."""

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if min(self.rounds, self.dialogs, self.events, self.probes, self.at_once) < 1:
            raise ValueError("a size is 1 or more")
        return self
