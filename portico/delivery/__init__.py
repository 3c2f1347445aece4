"""Which version does this user get? Plain Python, without a framework: what Django answers with,
what the explainer explains, and what a server without Django can answer with as well.

`plan` is what was decided, `picking` reads it, `bucketing` says who is early, `targeting` holds the
rules beside the percentage, `explaining` says why, and `vectors` are what others can test theirs
against. The algorithm is published in docs/guide/delivery.md and never changes.
"""
