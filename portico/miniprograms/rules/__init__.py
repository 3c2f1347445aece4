"""What is accepted of a mini program, in plain Python."""
