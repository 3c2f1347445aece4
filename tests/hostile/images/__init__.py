"""Files that pretend to be logos and favicons, made by code: `corpus.CASES`."""
