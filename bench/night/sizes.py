"""How large a run is; each size can be set by an environment variable of its name in capitals, as JSON."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Sizes(BaseSettings):
    """The sizes of a full run; a number of trackers above 5,000 is a multiple of it. 0, or {}, leaves out a part."""

    model_config = SettingsConfigDict(frozen=True)

    nights: dict[int, int] = {10_000: 5, 100_000: 3, 1_000_000: 1}
    """Trackers that are due, and how many nights of so many are measured."""
    of_two_workers: int = 100_000
    """As many nights as of one worker."""
    of_sqlite: int = 100_000
    sqlite_nights: int = 3
    of_completions: int = 100_000
    """Trackers that are due while sessions are completed."""
    per_second: int = 25
    """Sessions that are completed or reopened."""
    idle_completions: int = 1_000
    dialogs: int = 10_000
    """Open over a midnight, each of another client."""
    appointments: int = 1_000_000
    """In the file that is imported."""
