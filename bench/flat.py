"""Which work must not grow with the table."""

# The work whose time at 1,000,000 is held against that at 20,000.
FLAT = ("list", "words", "days", "posts", "trail", "same facts", "detail", "workbench")
FLAT_AT_MOST = 1.5


def is_flat(name: str) -> bool:
    """By the first word of its line in the table; what is only beside raw SQL stands there twice."""
    return name.startswith(FLAT) and "raw SQL" not in name
