"""What the web server serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
_django = get_wsgi_application()

from portico.config.bodies import BodyRoom, room_for  # noqa: E402 - needs Django to be set up
from portico.config.content import ContentHosts  # noqa: E402
from portico.config.settings import ENV  # noqa: E402
from portico.config.visitors import VisitorPages  # noqa: E402

application = ContentHosts(VisitorPages(BodyRoom(_django, most=room_for(ENV.web_threads))))
