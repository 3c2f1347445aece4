"""From a queued mail to the server's answer, once at least."""
