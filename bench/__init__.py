"""Benchmarks of the live side: ours beside its peers, in one run on one machine."""
