"""Named groups of users of the super app who test: kept, and picked for a pilot."""
