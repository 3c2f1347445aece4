"""Start the child: its arguments are the folders to import from, and nothing else is found.

Run as a script by an interpreter in isolated mode without `site`, which starts in a few
milliseconds and reads no environment, no user folder and no `.pth` file.
"""

from __future__ import annotations

import sys

sys.path.extend(sys.argv[1:])

from portico.branding.isolated.process import main

main()
