"""Versions of mini programs: how they come in, and where they are seen."""
