"""Settings as code: all sections of a workspace in one file, planned and applied as one change."""
