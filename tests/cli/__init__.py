"""Tests of the real console script, each command in a process of its own."""
