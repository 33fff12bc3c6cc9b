"""Client libraries that front ends use, each in a process of its own, against a served practice."""
