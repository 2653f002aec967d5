"""Django's PostgreSQL backend with a memory of what a transaction left outside of the database."""
