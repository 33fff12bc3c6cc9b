"""Tests through HTTP and real sockets, on both databases."""
