"""What costs much and comes out the same each time is made once a process.

Nothing here changes what a test sees: the results are immutable, and kept by all that they are made
of.
"""

from __future__ import annotations

import gc
from functools import lru_cache

from whitenoise.middleware import WhiteNoiseMiddleware

from portico.branding import kits
from portico.branding.rules import make_kit


def be_thrifty() -> None:
    """Called once, when everything is imported."""
    _draw_each_kit_once()
    _list_assets_once()
    gc.collect()
    gc.freeze()  # what is imported stays: going through it again and again is of no use
    gc.set_threshold(10_000, 20, 20)  # and of what is made, most is gone soon


def _draw_each_kit_once() -> None:
    """Most tests of pages wear the monogram of the same workspace."""
    setattr(kits, "make_kit", lru_cache(maxsize=256)(make_kit))  # noqa: B010 - for all tests


def _list_assets_once() -> None:
    """Each client of a test has middleware of its own, which would look at every asset again."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    known: dict[str, dict[str, object]] = {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if self.static_prefix not in known:
            look(self)
            known[self.static_prefix] = dict(self.files)
        self.files.update(known[self.static_prefix])

    setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)  # noqa: B010 - for all tests
