"""Who is who: jurisdictions, agencies, posts and the people who hold them for a term."""
