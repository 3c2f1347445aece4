from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.tabs import Tab, add_tab
from portico.rollout import views

urlpatterns = [
    path("<str:app_id>/delivery/", views.program_delivery, name="program_delivery"),
]

add_tab(Tab("delivery", _("Who gets what"), "program_delivery", place=35))
