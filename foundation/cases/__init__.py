"""Cases, the matters they fall under, and the materials that prove them."""
