"""Use cases as plain async functions: authorize, one unit of work, one ledger call, return."""
