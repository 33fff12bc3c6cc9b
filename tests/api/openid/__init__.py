"""Signing in with an OpenID provider: its tokens, its claims, its keys as they come and go."""
