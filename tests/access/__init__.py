"""Who may open what: every page and every API operation, for everybody, against one table.

The columns of the table are the five roles in `acme`, the outsider (an admin of `zenith`, signed in
on acme's host, or with zenith's token), and nobody. A page or an operation that is added needs a
row: in `PAGES` or `OPERATIONS` of its feature's module in `features/`, with what it is asked about
(`a_webhook`, `an_app`) beside it. A feature that is new is named in `tables.py`.
"""
