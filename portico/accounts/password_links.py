"""Links by which somebody chooses a password: each works once, for three days.

A link signs its bearer in for good, so it is made where it is sent, and never stored.
"""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portico.accounts.models import Person


def password_path(person: Person) -> str:
    """The path at which this person chooses a password, on any host of the platform."""
    key = default_token_generator.make_token(person)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )


def send_link(email: str, *, origin: str, brand_name: str, language: str) -> bool:
    """Send a link to who has this address, by the platform's own mailer; returns whether any has.

    `origin` is scheme and host of the link. `language` is for people who have chosen none.
    """
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        return False
    context = {"brand_name": brand_name, "password_reset_url": origin + password_path(person)}
    with translation.override(person.language or language):
        subject = render_to_string("account/email/password_reset_key_subject.txt", context)
        text = render_to_string("account/email/password_reset_key_message.txt", context)
    EmailMessage(" ".join(subject.split()), text.strip(), to=[person.email]).send()
    return True
