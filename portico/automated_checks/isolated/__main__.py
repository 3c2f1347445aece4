"""Start the child: its arguments are the folders to import from, and nothing else is found."""

from __future__ import annotations

import sys

sys.path.extend(sys.argv[1:])

from portico.automated_checks.isolated.process import main

main()
