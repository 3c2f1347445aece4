"""Who is told by mail of what happens to releases and requests."""
