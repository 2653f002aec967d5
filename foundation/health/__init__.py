"""How an installation fares, told truly: figures with their limits, for people, for monitors and for containers."""
