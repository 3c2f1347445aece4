"""The other side of an upload: what `portico upload` does. No Django, no database."""
