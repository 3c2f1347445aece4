"""A child process that may do little, for files of strangers: plain Python, no framework.

`children` is for the parent, `limits` for both sides. What the child is asked and what it answers
is for the feature that has one: `portico/branding/isolated`, `portico/legal/isolated`.
"""
