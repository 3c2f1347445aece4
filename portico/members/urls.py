from __future__ import annotations

from django.urls import path

from portico.members import entering, inviting, views

urlpatterns = [
    path("invitations/<str:token>/", entering.invitation, name="invitation"),
    path("console/members/", views.members, name="members"),
    path("console/members/members.csv", views.members_csv, name="members_csv"),
    path("console/members/invite/", inviting.invite, name="invite"),
    path("console/members/invitations/", inviting.invitations, name="invitations"),
    path(
        "console/members/invitations/<uuid:invitation_id>/resend/",
        inviting.resend,
        name="resend_invitation",
    ),
    path(
        "console/members/invitations/<uuid:invitation_id>/withdraw/",
        inviting.withdraw,
        name="withdraw_invitation",
    ),
    path("console/members/<uuid:member_id>/", views.member, name="member"),
    path("console/members/<uuid:member_id>/role/", views.change_role, name="change_member_role"),
    path("console/members/<uuid:member_id>/block/", views.block, name="block_member"),
    path("console/members/<uuid:member_id>/unblock/", views.unblock, name="unblock_member"),
    path(
        "console/members/<uuid:member_id>/reset-two-factor/",
        views.reset_two_factor,
        name="reset_member_two_factor",
    ),
    path("console/members/<uuid:member_id>/remove/", views.remove, name="remove_member"),
]
