"""What is pushed: what a selection is compiled to, what is kept of it, and what graphql-core executes."""
