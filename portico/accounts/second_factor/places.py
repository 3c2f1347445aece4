"""Where a request does something with an account."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import get_language

from portico.accounts.models import Person
from portico.accounts.second_factor.notices import Place


def place_of(request: HttpRequest, person: Person) -> Place:
    """Where this request comes in. The log is the workspace's if the person is a member of it."""
    return Place(
        workspace_id=get_adapter(request).workspace_of(person),
        brand_name=str(cast(Any, request).workspace.name),
        host=request.get_host(),
        language=get_language() or "en",
    )
