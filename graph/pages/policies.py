"""What browsers may do with the pages, and with what belongs to them."""

from typing import Final

_NOTHING_ELSE: Final = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"connect-src 'self'; {_NOTHING_ELSE}"
)
EXPLORER: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    f"font-src 'self' data:; connect-src 'self'; worker-src 'self'; {_NOTHING_ELSE}"
)
"""The editor of the explorer writes styles into its page. Scripts come from files of ours, here too."""
