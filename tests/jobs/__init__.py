"""Tests of what happens after a commit or outside a request, on both databases."""
