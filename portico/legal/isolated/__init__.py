"""The child process that reads, cleans and draws the PDFs of strangers.

`portico.legal.rules.isolation` starts it. Nothing here may be imported for its effect in a web
process: pikepdf and pypdfium2 stay in the child.
"""
