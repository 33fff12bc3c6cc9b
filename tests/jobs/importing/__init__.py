"""Tests of the import, on both databases."""
