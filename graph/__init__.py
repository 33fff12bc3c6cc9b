"""The GraphQL surface, the server and the command line."""
