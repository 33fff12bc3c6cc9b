"""The API's object types. Their plain fields are read from the rows and dataclasses that resolvers return."""
