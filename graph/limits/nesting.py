"""How deep JSON may be nested, and how many objects and lists it may have."""

from typing import Final

MOST: Final = 64
MOST_CONTAINERS: Final = 5_000


def is_too_deep(value: object) -> bool:
    """Tell whether decoded JSON has more than 64 levels of objects and lists, or more than 5,000 of them."""
    level, seen = [value], 0
    for _ in range(MOST):
        level = [item for each in level for item in _within(each)]
        seen += len(level)
        if seen > MOST_CONTAINERS:
            return True
        if not level:
            return False
    return True


def _within(value: object) -> list[object]:
    """Return the objects and lists in a value."""
    if isinstance(value, dict):
        return [item for item in value.values() if isinstance(item, dict | list)]
    return [item for item in value if isinstance(item, dict | list)] if isinstance(value, list) else []
