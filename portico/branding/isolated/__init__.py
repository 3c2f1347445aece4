"""What touches the bytes of strangers: runs in a child process with little memory and time.

`portico.branding.rules.isolation` starts it. Nothing here may be imported for its effect in a web
or worker process, apart from the errors and the names that both sides share.
"""
