"""The floor: Django with one view, no middleware and no database, on the same server.

Its answer is as long as the portal's, so that only the work differs.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * int(os.environ.get("BARE_BYTES", "10000"))


def bare(request: HttpRequest) -> HttpResponse:
    """Always the same."""
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("", bare)]

if not settings.configured:
    settings.configure(
        ROOT_URLCONF="tests.bench.bare",
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="bench",
        MIDDLEWARE=[],
        LOGGING_CONFIG=None,
    )
    django.setup()

application = get_wsgi_application()
