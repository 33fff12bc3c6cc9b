"""Tests of the bus through Redis, each with a real server, which is mistreated in some."""
