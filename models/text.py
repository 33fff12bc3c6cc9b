"""Texts that people type: trimmed, of a sane length, without characters that a database refuses."""

from typing import Final

from models.errors import DomainError, Invalid

MAX_TEXT: Final = 200
MAX_EMAIL: Final = 254


def tidy(text: str | None) -> str | None:
    """Return the text without surrounding white space; None when nothing is left."""
    return (text or "").strip() or None


def text_problems(text: str | None, *, longest: int, field: str, optional: bool = False) -> list[DomainError]:
    """Return what is wrong with a tidied text of at most `longest` characters."""
    if text is None:
        return [] if optional else [Invalid("This must not be empty.", path=[field])]
    if len(text) > longest:
        return [Invalid(f"This has {len(text):,} characters: at most {longest:,} fit.", path=[field])]
    if not text.isprintable() and any(ord(character) < 32 and character not in "\n\r\t" for character in text):
        return [Invalid("This contains control characters: remove them.", path=[field])]
    if not text.isascii() and any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return [Invalid("This contains half of a character pair: remove it.", path=[field])]
    return []
