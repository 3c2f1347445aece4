"""`python -m tests.bench`: print each measurement as a ratio, with what it should be."""

from __future__ import annotations

import platform
import sys

from tests.bench import assets, hosts, mail, packages, pick, portal, webhooks

BENCHES = (portal, hosts, mail, webhooks, packages, pick, assets)


def main() -> None:
    """Run all of them, one after the other."""
    sys.stdout.write(f"{platform.platform()}, Python {platform.python_version()}\n\n")
    sys.stdout.write(f"{'what':<55} {'ratio':>6}   aim\n")
    for bench in BENCHES:
        for row in bench.measure():
            sys.stdout.write(f"{row.what:<55} {row.ratio:>6.2f}   {row.aim}\n")


if __name__ == "__main__":
    main()
