"""Rules of legal documents, in plain Python."""
