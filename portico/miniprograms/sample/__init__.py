"""The sample: a small mini program of ours, which the demo uploads and developers begin from.

Its files lie in `split/`, as a developer's folder would; `portico.miniprograms.packages.pack` makes
the package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

SAMPLE_APP_ID: Final = "com.example.split"


def sample_folder() -> Path:
    """The folder of the sample, ready to be packed."""
    return Path(__file__).with_name("split")
