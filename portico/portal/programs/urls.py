from __future__ import annotations

from django.urls import re_path

from portico.portal.programs import views

# As W3C MiniApp Addressing has it: /miniapp/<id>[;version=<version>][/<path>]
urlpatterns = [
    re_path(
        r"^miniapp/(?P<app_id>[A-Za-z0-9._~-]{1,128})"
        r"(?:;version=(?P<version>[A-Za-z0-9._~+-]{0,60}))?"
        r"(?P<page>/.{0,1024})?$",
        views.landing,
        name="program_landing",
    )
]
