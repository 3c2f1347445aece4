"""The guide says what is so, and its example works."""

from __future__ import annotations

import base64
import re
import time

from portico.kernel.clock import now
from portico.webhooks.pipeline.delivering import LIMITS
from portico.webhooks.rules.patience import DAYS_KEPT, WAITS
from portico.webhooks.services import MOST_ENDPOINTS
from portico.webhooks.signing import new_signing_secret, signed_headers
from tests.docs import WEBHOOKS, part, webhook_events

GUIDE = WEBHOOKS.read_text(encoding="utf-8")
UNITS = {"s": 1, "min": 60, "h": 3600}


def test_the_events_in_the_guide_are_those_of_the_catalog() -> None:
    assert part(GUIDE, "webhook events") == webhook_events(), "run python -m tests.docs"


def test_the_example_takes_our_calls_and_refuses_others() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    example: dict[str, object] = {}
    exec(code, example)
    is_ours = example["is_ours"]
    assert callable(is_ours)
    old, new = new_signing_secret(), new_signing_secret()
    body = '{"data":{"é":1}}'
    headers = dict(signed_headers("msg_1", body, keys=[new, old], at=now()))

    assert is_ours(new, headers, body.encode())
    assert is_ours(old, headers, body.encode())
    assert not is_ours(new_signing_secret(), headers, body.encode())
    assert not is_ours(new, headers, body.encode() + b" ")
    assert not is_ours(new, headers | {"webhook-id": "msg_2"}, body.encode())
    stale = headers | {"webhook-timestamp": str(int(time.time()) - 301)}
    assert not is_ours(new, stale, body.encode())
    assert not is_ours(new, headers | {"webhook-timestamp": "soon"}, body.encode())
    forged = base64.b64encode(b"x" * 32).decode()
    assert not is_ours(new, headers | {"webhook-signature": f"v1,{forged}"}, body.encode())


def test_the_waits_in_the_guide_are_those_of_the_program() -> None:
    found = re.search(r"at once, then after ([\d, a-z]+?), each", GUIDE)
    assert found is not None
    waits = [one.split() for one in re.split(r", | and ", found[1])]

    assert [int(number) * UNITS[unit] for number, unit in waits] == list(WAITS)


def test_the_bounds_in_the_guide_are_those_of_the_program() -> None:
    assert f"A workspace can have {MOST_ENDPOINTS}." in GUIDE
    assert f"within {LIMITS.read:.0f} seconds" in GUIDE
    assert f"{LIMITS.most_read // 1024} KiB are read" in GUIDE
    assert f"kept for {DAYS_KEPT} days" in GUIDE
