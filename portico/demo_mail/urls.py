from __future__ import annotations

from django.urls import path

from portico.demo_mail import views

urlpatterns = [
    path("", views.inbox, name="demo_inbox"),
    path("<uuid:number>/", views.message, name="demo_message"),
    path("<uuid:number>/html/", views.message_html, name="demo_message_html"),
    path("<uuid:number>/source/", views.message_source, name="demo_message_source"),
]
