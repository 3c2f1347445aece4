from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 at its cheapest, where a test signs in often and is not about hashing."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
