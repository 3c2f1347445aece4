"""The child process that looks into the packages of strangers.

`portico.automated_checks.children` starts it. What is large (Pillow, detect-secrets, plug-ins) is
loaded there alone.
"""
