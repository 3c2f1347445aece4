"""The ceremonies of passkeys (WebAuthn): adding one, and showing one.

A passkey belongs to the host where it was added: its relying party is the host without port, and
what a browser signs must name exactly this origin. (A relying party's subdomains could ask for its
passkeys, too; here they are other workspaces, or mini programs.) Each challenge is one session's,
for one purpose and person, and used up by the first answer, right or wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portico.accounts.models import Person
from portico.accounts.second_factor.factors import PasskeyData, passkey_data
from portico.kernel.errors import Invalid, gettext_noop

CHALLENGE_KEY = "portico-passkey-challenge"
LASTS = timedelta(minutes=5)
MOST_CHARACTERS = 32_000  # of an answer; real ones have two or three thousand


class PasskeyRefused(Invalid):
    code = "passkey_refused"
    sentence = gettext_noop(
        "This passkey does not work here. Use one that you added on this host, and begin again."
    )


class Purpose(StrEnum):
    """What a challenge is for; its answer is good for nothing else."""

    ADD = "add"
    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"
    CONFIRM = "confirm"


def host_here(request: HttpRequest) -> str:
    """The host to which passkeys belong that are added here: without port, in lower case."""
    return request.get_host().rpartition("]")[2].partition(":")[0].rstrip(".").lower()


def begin_adding(
    request: HttpRequest, person: Person, *, brand_name: str, at: datetime
) -> Mapping[str, object]:
    """What the browser needs to make a passkey, as JSON values. Those of this host are named, so
    that no authenticator makes a second one."""
    options, state = _server(request, brand_name).register_begin(
        PublicKeyCredentialUserEntity(
            id=person.id.bytes, name=person.email, display_name=person.display_name
        ),
        credentials=[_credential(row) for row in _rows(person, host_here(request))],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    _remember(request, Purpose.ADD, person, state, at=at)
    return dict(options)


def finish_adding(
    request: HttpRequest, person: Person, answer: str, *, name: str, at: datetime
) -> PasskeyData:
    """The passkey that the browser made, checked. Raises `PasskeyRefused`."""
    state = _take(request, Purpose.ADD, person, at=at)
    parsed = _parsed(answer)
    try:
        response = RegistrationResponse.from_dict(parsed)
        made = _server(request).register_complete(state, response)
        credential = _usable(made)
        extensions = cast("Mapping[str, Any]", response.client_extension_results)
        discoverable = (extensions.get("credProps") or {}).get("rk")
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes do to the parsers
        raise PasskeyRefused from None
    return PasskeyData(
        name=name,
        host=host_here(request),
        credential=websafe_encode(bytes(credential)),
        sign_count=made.counter,
        discoverable=discoverable if isinstance(discoverable, bool) else None,
    )


def begin_showing(
    request: HttpRequest, purpose: Purpose, person: Person | None, *, at: datetime
) -> Mapping[str, object]:
    """What the browser needs to show a passkey, as JSON values.

    Without a person any passkey of this host may be shown, and whoever holds it must prove that it
    is they (by fingerprint, face or PIN): it then stands for password and second factor.
    """
    here = host_here(request)
    credentials = [_credential(row) for row in _rows(person, here)] if person else None
    options, state = _server(request).authenticate_begin(
        credentials,
        user_verification=(
            UserVerificationRequirement.PREFERRED
            if person
            else UserVerificationRequirement.REQUIRED
        ),
    )
    _remember(request, purpose, person, state, at=at)
    return dict(options)


def finish_showing(
    request: HttpRequest, purpose: Purpose, person: Person | None, answer: str, *, at: datetime
) -> Person:
    """Whose passkey was shown: this person's, or without one whoever's it is.

    Raises `PasskeyRefused`. Whether the account is closed is for the caller to ask.
    """
    state = _take(request, purpose, person, at=at)
    parsed = _parsed(answer)
    with transaction.atomic():
        try:
            response = AuthenticationResponse.from_dict(parsed)
            owner = person or _owner(response)
            rows = list(_rows(owner, host_here(request)).select_for_update())
            known = [_credential(row) for row in rows]
            shown = _server(request).authenticate_complete(state, known, response)
            row = rows[[one.credential_id for one in known].index(shown.credential_id)]
            _note_use(row, response.response.authenticator_data, at=at)
        except Exception:  # noqa: BLE001 - whatever a stranger's bytes do to the parsers
            raise PasskeyRefused from None
    return owner


def _note_use(row: Authenticator, shown: AuthenticatorData, *, at: datetime) -> None:
    """Note the use. A counter that does not grow betrays a copy (WebAuthn, section 6.1.1); most
    passkeys have none, and always say 0."""
    known = passkey_data(row)["sign_count"]
    if (shown.counter or known) and shown.counter <= known:
        raise PasskeyRefused
    row.data["sign_count"], row.last_used_at = shown.counter, at
    row.save(update_fields=["data", "last_used_at"])


def _server(request: HttpRequest, brand_name: str = "Portico") -> Fido2Server:
    origin = f"{request.scheme}://{request.get_host().lower()}"
    party = PublicKeyCredentialRpEntity(id=host_here(request), name=brand_name)
    return Fido2Server(party, verify_origin=lambda named: named == origin)


def _rows(person: Person, host: str) -> Any:
    return Authenticator.objects.filter(
        user=person, type=Authenticator.Type.WEBAUTHN, data__host=host
    ).order_by("id")


def _credential(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(passkey_data(row)["credential"]))


def _owner(response: AuthenticationResponse) -> Person:
    handle = response.response.user_handle
    if handle is None or len(handle) != 16:
        raise PasskeyRefused
    owner = Person.objects.filter(id=UUID(bytes=bytes(handle))).first()
    if owner is None:
        raise PasskeyRefused
    return owner


def _usable(made: AuthenticatorData) -> AttestedCredentialData:
    """The public part of what was made, if what it signs can be checked here."""
    credential = made.credential_data
    if credential is None or credential.public_key.get(3) not in CoseKey.supported_algorithms():
        raise PasskeyRefused
    return credential


def _parsed(answer: str) -> Mapping[str, object]:
    try:
        parsed = json.loads(answer) if len(answer) <= MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise PasskeyRefused
    return parsed


def _remember(
    request: HttpRequest, purpose: Purpose, person: Person | None, state: object, *, at: datetime
) -> None:
    request.session[CHALLENGE_KEY] = {
        "purpose": purpose.value,
        "person": str(person.id) if person else "",
        "host": request.get_host(),
        "at": at.timestamp(),
        "state": state,
    }


def _take(
    request: HttpRequest, purpose: Purpose, person: Person | None, *, at: datetime
) -> dict[str, object]:
    kept = request.session.pop(CHALLENGE_KEY, None)
    if (
        kept is None
        or kept["purpose"] != purpose.value
        or kept["person"] != (str(person.id) if person else "")
        or kept["host"] != request.get_host()
        or at.timestamp() - kept["at"] > LASTS.total_seconds()
    ):
        raise PasskeyRefused
    return cast("dict[str, object]", kept["state"])
