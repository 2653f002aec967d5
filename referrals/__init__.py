"""Cases, referral letters' business, and disputes over whose it is."""
