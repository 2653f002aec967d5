"""Pages: fetch what is visible, parse, call the act, answer."""
