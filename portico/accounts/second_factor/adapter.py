"""What django-allauth asks of us about second factors."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Refuses what would be kept unsealed.

    django-allauth's own ways to add an app or recovery codes know not for whom they encrypt. Ours
    do (`seeds`), so its ways are closed: none of its pages is routed.
    """

    def encrypt(self, text: str) -> str:  # noqa: ARG002 - never to be looked at
        """Refuse."""
        raise RuntimeError("Seeds are sealed for a person: portico.accounts.second_factor.seeds")

    def decrypt(self, encrypted_text: str) -> str:  # noqa: ARG002
        """Refuse."""
        raise RuntimeError("Seeds are opened for a person: portico.accounts.second_factor.seeds")
