from __future__ import annotations

from django.urls import path

from portico.egress.outbound import views

urlpatterns = [
    path(
        "settings/tenant/domain-preference/verify-outbound-ip/",
        views.verify_outbound_ip,
        name="verify_outbound_ip",
    ),
    path(".well-known/egress-ips.json", views.egress_ips_json, name="egress_ips_json"),
    path(".well-known/egress-ips.txt", views.egress_ips_text, name="egress_ips_text"),
    path(".well-known/portico-echo", views.echo, name="echo"),
]
