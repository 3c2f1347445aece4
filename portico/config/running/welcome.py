"""What `portico up` says once Portico answers."""

from __future__ import annotations

from portico.config.env import Env
from portico.demo_mail.ports import PASSWORD as MAIL_PASSWORD


def message(env: Env, *, mail_port: int = 0) -> str:
    """The addresses, and in a demo the accounts and its mail server, at whose ports `mail_port` is
    the first one."""
    lines = [f"  Portico is running: {_address(env, '')}", "", *_rest(env)]
    if mail_port:
        lines += [
            "",
            f"  Demo mail server: localhost:{mail_port} (STARTTLS), password {MAIL_PASSWORD}",
            f"  Its inbox: {_address(env, '<slug>.')}/console/mail/demo-inbox/",
        ]
    return "\n".join([*lines, "", "  Stop it with Ctrl-C."])


def _rest(env: Env) -> list[str]:
    if env.demo:
        return _demo(env)
    return [
        f"  A workspace is reached at {_address(env, '<slug>.')}",
        "  Make the first one with `portico createworkspace`, and its admin with",
        "  `portico createadmin`.",
    ]


def _demo(env: Env) -> list[str]:
    from portico.config.demo import ACCOUNTS, PASSWORD  # noqa: PLC0415 - only where there is a demo

    width = max(len(email) for email, _, _ in ACCOUNTS)
    lines = []
    for slug in dict.fromkeys(slug for _, slug, _ in ACCOUNTS):
        lines += [f"  {_address(env, f'{slug}.')}"]
        lines += [f"    {email:<{width}}  {role}" for email, of, role in ACCOUNTS if of == slug]
        lines += [""]
    return [*lines, f"  The password of all of them: {PASSWORD}"]


def _address(env: Env, prefix: str) -> str:
    return f"{env.scheme}://{prefix}{env.base_domain}{env.public_port}"
