from __future__ import annotations

from tests import docs


def test_the_guide_has_every_row_of_the_pipeline() -> None:
    guide = docs.PIPELINE_GUIDE.read_text(encoding="utf-8")

    assert docs.part(guide, "pipeline") == docs.pipeline(), "Run `make docs`."
