"""Tokens: how they are signed, whom they name, and by which keys they are known."""
