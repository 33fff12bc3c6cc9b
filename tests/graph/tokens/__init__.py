"""Tests of the tokens' signatures, keys and claims."""
