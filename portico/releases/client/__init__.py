"""The other side of a release: what `portico release` does. No Django, no database."""
