"""The limits, each by itself."""
