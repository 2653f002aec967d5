"""Other government systems: their clients, what they may ask for, how often, and the events that are sent to them."""
