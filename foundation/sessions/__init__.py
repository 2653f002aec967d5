"""Sessions in the database, read together with their person: signing in needs no cache, and an end is an end."""
