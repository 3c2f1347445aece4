"""Running Portico on one machine: the embedded PostgreSQL and the processes that `up` watches.

Plain Python, no Django: these modules run before there is a database to talk to.
"""
