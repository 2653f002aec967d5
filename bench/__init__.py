"""How fast, measured: honest cases in great number, and each piece of work beside its limit. Not installed with the product."""
