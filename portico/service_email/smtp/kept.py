"""Stages and servers as JSON, and back: words stay untranslated, with their facts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from portico.service_email.smtp.server import Security, Server, TokenAccess
from portico.service_email.smtp.stages import Correction, Sentence, Stage, StageName

Fact = str | int | float | bool | None


class KeptSentence(TypedDict):
    """A `Sentence`."""

    text: str
    facts: dict[str, Fact]


class KeptCorrection(TypedDict):
    """A `Correction`."""

    values: dict[str, str | int]
    why: KeptSentence


class KeptStage(TypedDict):
    """A `Stage`."""

    name: str
    ok: bool | None
    ms: int
    seen: list[KeptSentence]
    code: str
    meaning: KeptSentence | None
    cause: KeptSentence | None
    advice: KeptSentence | None
    correction: KeptCorrection | None


def kept_stage(stage: Stage) -> KeptStage:
    """A stage to store."""
    correction = stage.correction
    return KeptStage(
        name=stage.name.value,
        ok=stage.ok,
        ms=stage.ms,
        seen=[_kept(sentence) for sentence in stage.seen],
        code=stage.code,
        meaning=_maybe_kept(stage.meaning),
        cause=_maybe_kept(stage.cause),
        advice=_maybe_kept(stage.advice),
        correction=KeptCorrection(values=dict(correction.values), why=_kept(correction.why))
        if correction
        else None,
    )


def stage_kept(kept: KeptStage) -> Stage:
    """A stage that was stored."""
    correction = kept["correction"]
    return Stage(
        name=StageName(kept["name"]),
        ok=kept["ok"],
        ms=kept["ms"],
        seen=tuple(_sentence(seen) for seen in kept["seen"]),
        code=kept["code"],
        meaning=_maybe(kept["meaning"]),
        cause=_maybe(kept["cause"]),
        advice=_maybe(kept["advice"]),
        correction=Correction(correction["values"], _sentence(correction["why"]))
        if correction
        else None,
    )


def storable(text: str) -> str:
    """What a server said, without the signs that a database refuses."""
    return text.replace("\0", "\ufffd").encode("utf-8", errors="replace").decode()


def _kept(sentence: Sentence) -> KeptSentence:
    facts = {
        name: storable(fact) if isinstance(fact, str) else fact
        for name, fact in sentence.facts.items()
    }
    return KeptSentence(text=sentence.text, facts=facts)


def _maybe_kept(sentence: Sentence | None) -> KeptSentence | None:
    return _kept(sentence) if sentence else None


def _sentence(kept: Mapping[str, object]) -> Sentence:
    return Sentence(str(kept["text"]), kept["facts"])  # type: ignore[arg-type]


def _maybe(kept: KeptSentence | None) -> Sentence | None:
    return _sentence(kept) if kept else None


def kept_server(server: Server) -> dict[str, str | int]:
    """A server to store, without its secrets."""
    kept: dict[str, str | int] = {
        "host": server.host,
        "port": server.port,
        "security": server.security.value,
        "account": server.account,
        "username": server.username,
    }
    if server.tokens is not None:
        tokens = server.tokens
        kept |= {
            "token_url": tokens.url,
            "client_id": tokens.client_id,
            "scope": tokens.scope,
        }
    return kept


def kept_secrets(server: Server) -> dict[str, str]:
    """Its secrets, to be encrypted."""
    if server.tokens is None:
        return {"password": server.password}
    return {
        "client_secret": server.tokens.client_secret,
        "refresh_token": server.tokens.refresh_token,
    }


def server_kept(kept: Mapping[str, str | int], secrets: Mapping[str, str]) -> Server:
    """A server that was stored."""
    tokens = None
    if "token_url" in kept:
        tokens = TokenAccess(
            url=str(kept["token_url"]),
            client_id=str(kept["client_id"]),
            scope=str(kept["scope"]),
            client_secret=secrets.get("client_secret", ""),
            refresh_token=secrets.get("refresh_token", ""),
        )
    return Server(
        host=str(kept["host"]),
        port=int(kept["port"]),
        security=Security(str(kept["security"])),
        account=str(kept["account"]),
        username=str(kept["username"]),
        password=secrets.get("password", ""),
        tokens=tokens,
    )
