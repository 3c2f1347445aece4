"""DKIM: is there a key in the DNS that receivers can hold your mail's signature against?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from portico.egress.resolving import LookupTrouble
from portico.kernel.errors import gettext_noop
from portico.service_email.records.dkim_key import (
    DkimKey,
    RevokedKey,
    UnreadableKey,
    is_dkim,
    parse_key,
)
from portico.service_email.records.lookups import Lookups, unknown
from portico.service_email.records.publishing import selectors_to_try
from portico.service_email.records.spf import shortened
from portico.service_email.smtp.stages import Sentence, Stage, StageName

SHORTEST: Final = 1024  # bits of an RSA key; receivers must not take shorter ones (RFC 8301)
RECOMMENDED: Final = 2048
SELECTOR = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)

NO_SELECTOR = gettext_noop(
    "Not checked: no DKIM selector is set, and there is no key at the usual names (%(tried)s)."
)
SET_SELECTOR = gettext_noop(
    "If your provider signs with DKIM, the selector is the s= of the DKIM-Signature header of a "
    "received mail. Otherwise, turn DKIM on at your provider and enter the key that it shows."
)
NOT_A_SELECTOR = gettext_noop(
    "Not checked: “%(selector)s” is not a DKIM selector. It is one word such as s1 or default, the "
    "s= of the DKIM-Signature header of a received mail."
)
MISSING = gettext_noop("There is no DKIM key at %(name)s.")
ADD_KEY = gettext_noop(
    "Enter the TXT or CNAME record that your provider shows for it, or correct the selector."
)
SEVERAL = gettext_noop(
    "There is more than one DKIM key at %(name)s. Receivers pick any of them, so signatures may "
    "fail."
)
KEEP_ONE = gettext_noop("Keep the key that your provider shows, and remove the others.")
REVOKED = gettext_noop(
    "The DKIM key at %(name)s was revoked: its p= is empty. Signatures made with it fail."
)
UNREADABLE = gettext_noop("The DKIM key at %(name)s cannot be read.")
COPY_AGAIN = gettext_noop(
    "Copy it again from your provider, whole: keys are long, and forms cut them or add quotes."
)
TOO_SHORT = gettext_noop(
    "The DKIM key at %(name)s has %(bits)s bits. Receivers refuse RSA keys below 1024 bits."
)
MAKE_LONGER = gettext_noop("Have your provider make a key of 2048 bits, and enter that.")
OTHER_SERVICE = gettext_noop("The DKIM key at %(name)s is not for mail (s=), so receivers skip it.")
OLD_HASH = gettext_noop(
    "The DKIM key at %(name)s allows SHA-1 alone (h=), which receivers refuse. SHA-256 is needed."
)
MEND_TAG = gettext_noop("Remove this part from the record, or enter the record of your provider.")
FOUND = gettext_noop("There is a DKIM key at %(name)s (%(kind)s, %(bits)s bits).")
GUESSED = gettext_noop(
    "The selector was guessed. Whether your server signs with this key shows in the headers of a "
    "received test mail: “dkim=pass” settles it."
)
SHORT = gettext_noop(
    "The key is shorter than the 2048 bits that are recommended. Make a longer one when you can."
)
TESTING = gettext_noop(
    "The record says that DKIM is only being tested (t=y), so some receivers give nothing for it. "
    "Remove t=y once mail arrives with “dkim=pass”."
)
ED25519 = gettext_noop(
    "Not all receivers know Ed25519 yet. Have mail signed with an RSA key of 2048 bits as well."
)


def check_dkim(domain: str, *, selector: str, host: str, lookups: Lookups) -> Stage:
    """The stage, without its time. Without a selector the usual ones are tried."""
    try:
        if selector.strip():
            return _set(domain, selector, lookups)
        return _guessed(domain, host, lookups)
    except LookupTrouble as trouble:
        return unknown(StageName.DKIM, trouble)


def _set(domain: str, selector: str, lookups: Lookups) -> Stage:
    # Providers show the whole name of the record, and people copy what they are shown.
    word = selector.strip().lower().partition("._domainkey")[0]
    if not SELECTOR.fullmatch(word):
        meaning = Sentence(NOT_A_SELECTOR, {"selector": selector.strip()[:80]})
        return Stage(StageName.DKIM, None, code="dkim_not_a_selector", meaning=meaning)
    name = f"{word}._domainkey.{domain}"
    return _at(name, lookups) or _stage(name, None, "dkim_missing", MISSING, ADD_KEY)


def _guessed(domain: str, host: str, lookups: Lookups) -> Stage:
    selectors = selectors_to_try(host)
    for selector in selectors:
        stage = _at(f"{selector}._domainkey.{domain}", lookups)
        if stage is not None and stage.ok:
            return replace(stage, code="dkim_guessed", cause=Sentence(GUESSED))
    return Stage(
        StageName.DKIM,
        None,
        code="dkim_no_selector",
        meaning=Sentence(NO_SELECTOR, {"tried": ", ".join(selectors)}),
        advice=Sentence(SET_SELECTOR),
    )


def _at(name: str, lookups: Lookups) -> Stage | None:
    """What is to be said of the key at this name; None: there is none."""
    texts = [text for text in lookups.records(name, "TXT") if is_dkim(text)]
    if not texts:
        return None
    if len(texts) > 1:
        return _stage(name, texts[0], "dkim_several", SEVERAL, KEEP_ONE)
    try:
        key = parse_key(texts[0])
    except RevokedKey:
        return _stage(name, texts[0], "dkim_revoked", REVOKED, ADD_KEY)
    except UnreadableKey:
        return _stage(name, texts[0], "dkim_unreadable", UNREADABLE, COPY_AGAIN)
    return _judged(name, texts[0], key)


def _judged(name: str, text: str, key: DkimKey) -> Stage:
    if not key.for_mail:
        return _stage(name, text, "dkim_other_service", OTHER_SERVICE, MEND_TAG)
    if not key.sha256:
        return _stage(name, text, "dkim_old_hash", OLD_HASH, MEND_TAG)
    if key.kind == "rsa" and key.bits < SHORTEST:
        return _stage(name, text, "dkim_too_short", TOO_SHORT, MAKE_LONGER, key=key)
    if key.testing:
        code, advice = "dkim_testing", TESTING
    elif key.kind == "ed25519":
        code, advice = "dkim_ed25519", ED25519
    elif key.bits < RECOMMENDED:
        code, advice = "dkim_short", SHORT
    else:
        code, advice = "dkim_found", ""
    return _stage(name, text, code, FOUND, advice, key=key, ok=True)


def _stage(
    name: str,
    text: str | None,
    code: str,
    meaning: str,
    advice: str,
    *,
    key: DkimKey | None = None,
    ok: bool = False,
) -> Stage:
    facts: dict[str, str | int] = {"name": name}
    if key is not None:
        facts |= {"kind": "Ed25519" if key.kind == "ed25519" else "RSA", "bits": key.bits}
    shown = {"at": name, "record": shortened(text or "")}
    return Stage(
        StageName.DKIM,
        ok,
        code=code,
        seen=() if text is None else (Sentence(gettext_noop("%(at)s: %(record)s"), shown),),
        meaning=Sentence(meaning, facts),
        advice=Sentence(advice) if advice else None,
    )
