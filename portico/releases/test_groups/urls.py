"""The same pages twice: for the workspace's groups, and for those of a mini program."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.tabs import Tab, add_tab
from portico.releases.test_groups import views

OF_WORKSPACE = "test-groups/"
OF_PROGRAM = "programs/<str:app_id>/test-groups/"
GROUP = "<uuid:group_id>/"

urlpatterns = [
    path(OF_WORKSPACE, views.group_list, name="test_groups"),
    path(f"{OF_WORKSPACE}new/", views.new_test_group, name="new_test_group"),
    path(f"{OF_WORKSPACE}{GROUP}", views.one_group, name="test_group"),
    path(f"{OF_WORKSPACE}{GROUP}edit/", views.edit_test_group, name="edit_test_group"),
    path(f"{OF_WORKSPACE}{GROUP}remove/", views.remove_test_group, name="remove_test_group"),
    path(OF_PROGRAM, views.group_list, name="program_test_groups"),
    path(f"{OF_PROGRAM}new/", views.new_test_group, name="new_program_test_group"),
    path(f"{OF_PROGRAM}{GROUP}", views.one_group, name="program_test_group"),
    path(f"{OF_PROGRAM}{GROUP}edit/", views.edit_test_group, name="edit_program_test_group"),
    path(f"{OF_PROGRAM}{GROUP}remove/", views.remove_test_group, name="remove_program_test_group"),
]

add_tab(Tab("test_groups", _("Test groups"), "program_test_groups", place=45))
