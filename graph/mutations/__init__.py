"""The mutations: each takes one input and answers with the changed entity, or with what was wrong, as data."""
