"""What the practice's data means and how it may change: rules, tables, the ledger. Knows no transport."""
