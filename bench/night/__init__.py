"""The nightly benchmark: everybody due at one midnight."""
