"""What an ID token says, once it was held to OpenID Connect Core, section 3.1.3.7.

The library's own check takes whatever algorithm a token names, wants a `kid` even of providers that
have one key, and does not look at `azp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# By how a token may be signed, the kind of key. No secret that both know: a public key would do.
KINDS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
LEEWAY = timedelta(minutes=1)  # the provider's clock is another one
LONGEST_SUB = 255


def claims_of(token: str, keys: object, *, issuer: str, client_id: str) -> Mapping[str, Any]:
    """The claims of a token that this issuer signed for this client, with one of its keys (a JWK
    set). Raises `OAuth2Error`."""
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(keys, header),
            algorithms=list(KINDS),
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
    except jwt.PyJWTError as error:
        raise OAuth2Error("The ID token is not valid.") from error
    _check_addressee(claims, client_id)
    if not 0 < len(claims["sub"]) <= LONGEST_SUB or not claims["sub"].isprintable():
        raise OAuth2Error("The ID token names nobody.")
    return claims


def _check_addressee(claims: Mapping[str, Any], client_id: str) -> None:
    """A token that is for others, too, has to say that it was issued to this client."""
    for_others = isinstance(claims["aud"], list) and set(claims["aud"]) != {client_id}
    if claims.get("azp", None if for_others else client_id) != client_id:
        raise OAuth2Error("The ID token was issued to another client.")


def _key(keys: object, header: Mapping[str, Any]) -> jwt.PyJWK:
    """The one key with which a token was signed; without `kid` there must be no other that fits."""
    algorithm = str(header.get("alg"))
    found = list(_fitting(keys, algorithm, header.get("kid")))
    if len(found) != 1:
        raise OAuth2Error("None of the provider's keys is known to have signed the ID token.")
    return jwt.PyJWK(found[0], algorithm=algorithm)


def _fitting(keys: object, algorithm: str, kid: object) -> Iterator[dict[str, Any]]:
    given = keys.get("keys") if isinstance(keys, dict) else None
    for key in given if isinstance(given, list) else ():
        if (
            isinstance(key, dict)
            and algorithm in KINDS
            and key.get("kty") == KINDS[algorithm]
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
            and (kid is None or key.get("kid") == kid)
        ):
            yield key
