"""Where files lie, and how they are kept: stored durably or not at all, taken away only by agreement, backed up, checked."""
