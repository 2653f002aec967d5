"""The government's desk: the watch over the clocks, escalations, supervision letters."""
