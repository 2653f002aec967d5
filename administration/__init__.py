"""What three administrators of a district keep: agencies and accounts, posts and rights; each within the own district only."""
