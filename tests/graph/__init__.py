"""Tests of what GraphQL itself decides, without a server."""
