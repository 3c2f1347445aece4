from __future__ import annotations

from django.urls import re_path

from portico.files import views

urlpatterns = [
    re_path(
        r"^files/(?P<sha256>[0-9a-f]{64})\.(?P<ending>[a-z]{3,4})$",
        views.public_file,
        name="public_file",
    ),
]
