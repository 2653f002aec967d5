"""A whole installation of its own whose parts can be killed and frozen on purpose."""
