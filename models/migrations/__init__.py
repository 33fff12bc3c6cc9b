"""The database's schema, step by step, in Tortoise's own migration format."""
