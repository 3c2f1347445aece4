"""What is looked for in a version: plain Python over the files of a package, no framework.

Each module holds some rules and a function that finds what they are about. `catalog` names all of
them. Everything here runs in a limited child process, because the files are a stranger's
(`portico.automated_checks.isolated`).
"""
