"""What a person has typed and not yet sent: kept for that person alone, sealed, until the act is done."""
