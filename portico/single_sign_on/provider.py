"""OpenID Connect as django-allauth speaks it, and what we hold it to beyond that.

The identity is the issuer's word for a person (`iss` and `sub` of a signed ID token) and nothing
else: not an address, which people change and providers let them choose.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string

from portico.single_sign_on.configuration import OidcProvider
from portico.single_sign_on.id_tokens import claims_of
from portico.single_sign_on.transport import guarded_session

ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def configured_providers() -> tuple[OidcProvider, ...]:
    """Those of this installation."""
    found: tuple[OidcProvider, ...] = settings.PORTICO_OIDC_PROVIDERS
    return found


def providers_at(request: HttpRequest) -> tuple[OidcProvider, ...]:
    """Those that the workspace of this request offers."""
    workspace = getattr(request, "workspace", None)
    slug = workspace.slug if workspace else ""
    return tuple(one for one in configured_providers() if one.serves(slug))


def name_of(provider_id: str) -> str:
    """What people call a provider; its id where the operator has taken it out."""
    names = {one.id: one.name for one in configured_providers()}
    return names.get(provider_id, provider_id)


def app_of(provider: OidcProvider) -> SocialApp:
    """A provider in the library's form."""
    return SocialApp(
        provider=Provider.id,
        provider_id=provider.id,
        name=provider.name,
        client_id=provider.client_id,
        secret=provider.client_secret,
        settings={
            "server_url": provider.issuer.rstrip("/"),
            "issuer": provider.issuer,
            "scope": list(provider.scopes),
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
        },
    )


def _is_address(given: object, issuer: str) -> bool:
    """Whether a provider may be asked there: nothing of one on HTTPS goes out in the clear."""
    if not isinstance(given, str):
        return False
    parts = urlsplit(given)
    return bool(parts.netloc) and parts.scheme in {"https", urlsplit(issuer).scheme}


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the library has no types
    """One sign-in at a provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; raises `OAuth2Error` where it is not what it should
        be. Its issuer must be the very one that was configured (OpenID Connect Discovery 4.3)."""
        known = cast("dict[str, Any] | None", getattr(self, "_openid_config", None))
        if known is not None:
            return known
        found = super().openid_config
        issuer = self.get_provider().app.settings["issuer"]
        if not isinstance(found, dict) or found.get("issuer") != issuer:
            self._openid_config = None
            raise OAuth2Error("The provider's issuer is another than configured.")
        if not all(_is_address(found.get(name), issuer) for name in ADDRESSES):
            self._openid_config = None
            raise OAuth2Error("The provider does not say where it is asked.")
        return found

    def complete_login(
        self,
        request: HttpRequest,
        app: SocialApp,
        token: SocialToken,  # noqa: ARG002 - the library's signature
        **kwargs: Any,
    ) -> SocialLogin:
        """The identity in the ID token, whose signature is always checked."""
        credential = kwargs["response"].get("id_token")
        if not isinstance(credential, str):
            raise OAuth2Error("The provider sent no ID token.")
        claims = claims_of(
            credential,
            self._keys(),
            issuer=self.openid_config["issuer"],
            client_id=app.client_id,
        )
        login = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        login.portico_nonce = str(claims.get("nonce", ""))
        return login

    def _keys(self) -> object:
        with guarded_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            return response.json()

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to: this host."""
        return request.build_absolute_uri(
            reverse("single_sign_on_callback", kwargs={"provider_id": app.provider_id})
        )


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """A provider that an operator configured."""

    id = "oidc"
    oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """One name for a person of an issuer: another issuer's `sub` never means the same one."""
        claims = data["id_token"]
        named = f"{claims['iss']}\n{claims['sub']}".encode()
        return hashlib.sha256(named).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """What is kept of a token: whom it names, so that people know their accounts apart."""
        claims = data["id_token"]
        wanted = ("iss", "sub", "email", "name", "preferred_username")
        told = {name: claims.get(name) for name in wanted}
        return {
            name: text[:254]
            for name, text in told.items()
            if isinstance(text, str) and text and text.isprintable()
        }

    def start(
        self, request: HttpRequest, *, process: str, next_url: str | None, person: str
    ) -> HttpResponseBase:
        """Send the browser to the provider; what comes back must show the same nonce."""
        nonce = get_random_string(32)
        response: HttpResponseBase = self.redirect(
            request,
            process=process,
            next_url=next_url,
            auth_params={**self.get_auth_params(), "nonce": nonce},
            nonce=nonce,
            person=person,
        )
        return response


def is_fresh(login: SocialLogin) -> bool:
    """Whether the token was made for this very sign-in."""
    wanted = str(login.state.get("nonce", ""))
    return bool(wanted) and constant_time_compare(login.portico_nonce, wanted)


provider_classes = [Provider]
