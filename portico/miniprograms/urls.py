from __future__ import annotations

from django.urls import include, path

from portico.miniprograms.views import listing, members, programs, setups, testers

PROGRAM = "<str:app_id>/"
TARGET = "<str:code>/<str:environment>/"
SET_UP = f"{PROGRAM}set-up/"
TESTERS = f"{PROGRAM}testers/"
MEMBERS = f"{PROGRAM}members/"
MEMBER = f"{MEMBERS}<uuid:member_id>/"

urlpatterns = [
    path("", listing.programs, name="programs"),
    path("new/", programs.new_program, name="new_program"),
    path("", include("portico.miniprograms.uploading.urls")),
    path(PROGRAM, programs.program, name="program"),
    path(f"{PROGRAM}edit/", programs.edit_program, name="edit_program"),
    path(f"{PROGRAM}archive/", programs.archive_program, name="archive_program"),
    path(f"{PROGRAM}restore/", programs.restore_program, name="restore_program"),
    path(SET_UP, setups.program_set_up, name="program_set_up"),
    path(f"{SET_UP}{TARGET}", setups.edit_set_up, name="edit_set_up"),
    path(TESTERS, testers.program_testers, name="program_testers"),
    path(f"{TESTERS}{TARGET}", testers.target_testers, name="target_testers"),
    path(f"{TESTERS}{TARGET}clear/", testers.clear_testers, name="clear_testers"),
    path(f"{TESTERS}{TARGET}<uuid:tester_id>/remove/", testers.remove_tester, name="remove_tester"),
    path(MEMBERS, members.program_members, name="program_members"),
    path(f"{MEMBER}role/", members.change_program_member, name="change_program_member"),
    path(f"{MEMBER}remove/", members.remove_program_member, name="remove_program_member"),
]
