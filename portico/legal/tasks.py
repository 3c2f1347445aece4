from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.legal.acceptance import tasks as acceptance_tasks
from portico.legal.services import pages

__all__ = ["acceptance_tasks"]  # found here with the others


@app.task(name="legal.draw_pages", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def draw_pages(*, workspace_id: str, sha256: str) -> None:
    """Draw a published document's pages, so that none of its readers waits."""
    pages.draw_ahead(UUID(workspace_id), sha256)


@app.periodic(cron="37 3 * * *", periodic_id="sweep_legal_pages")
@app.task(name="legal.sweep_pages", queueing_lock="legal.sweep_pages")
def sweep_pages(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete the images of documents that are gone, each night."""
    pages.sweep_pages()
