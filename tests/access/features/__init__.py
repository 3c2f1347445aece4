"""One module for each feature, with its rows and what they are about."""
