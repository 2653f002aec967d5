"""A demonstration: a district's agencies, posts and cases, made only through the services. Tests build their worlds with it too."""
