"""The demo: two workspaces and a fixed cast, the same as in the tests and the docs."""

from __future__ import annotations

from portico.accounts.demo import DemoAccount
from portico.workspaces.permissions import Role

PASSWORD = "portico-demo-2026"  # noqa: S105 - public by design; a demo refuses to run in production

WORKSPACES: tuple[tuple[str, str, str], ...] = (
    ("acme", "Acme Pay", "Asia/Singapore"),
    ("zenith", "Zenith Bank", "Europe/Vienna"),
)

NAMES = {
    "admin@acme.example.com": "Ada Admin",
    "developer@acme.example.com": "Dev Developer",
    "reviewer@acme.example.com": "Rea Reviewer",
    "operator@acme.example.com": "Omar Operator",
    "inspector@acme.example.com": "Ines Inspector",
    "admin@zenith.example.com": "Zoe Admin",
}

# Address, workspace, role. The last one is the outsider of every story about `acme`.
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("admin@acme.example.com", "acme", "admin"),
    ("developer@acme.example.com", "acme", "developer"),
    ("reviewer@acme.example.com", "acme", "reviewer"),
    ("operator@acme.example.com", "acme", "operator"),
    ("inspector@acme.example.com", "acme", "inspector"),
    ("admin@zenith.example.com", "zenith", "admin"),
)


def demo_accounts_of(slug: str) -> tuple[DemoAccount, ...]:
    """The accounts that the sign-in page of a workspace offers."""
    return tuple(
        DemoAccount(email=email, role=str(Role(role).label), password=PASSWORD)
        for email, workspace, role in ACCOUNTS
        if workspace == slug
    )
