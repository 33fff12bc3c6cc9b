"""Tests of the rooms' pure rules: days, spans, counting, periods and tasks."""
