"""The seeds of people's second factors, closed with the key ring like every secret.

They belong to a person and no workspace, so they stand in django-allauth's rows rather than in
`Secret`; rotation reaches them all the same.
"""

from __future__ import annotations

from uuid import UUID

from portico.accounts.second_factor.seeds import Seals
from portico.secrets.sealing import Binding, seal, unseal


def seal_seed(seed: str, person_id: UUID, use: str) -> str:
    """The seed, closed with the newest key, for this person and use alone."""
    return seal(seed, _binding(person_id, use))


def unseal_seed(sealed: str, person_id: UUID, use: str) -> str:
    """The seed. Raises `SecretNotBound` or `SecretUnreadable`."""
    return unseal(sealed, _binding(person_id, use))


SEALS = Seals(seal=seal_seed, unseal=unseal_seed)
"""To be handed in by `portico.config`."""


def _binding(person_id: UUID, use: str) -> Binding:
    return Binding({"person": str(person_id), "use": use})
