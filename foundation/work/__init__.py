"""Background work: rows say what is to be done, queues only carry it."""
