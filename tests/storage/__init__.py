"""Tests of what the database holds, whatever happens: constraints, transactions, cancellation, concurrency."""
