from __future__ import annotations

from portico.service_email.smtp.kept import kept_stage, stage_kept, storable
from portico.service_email.smtp.stages import Correction, Sentence, Stage, StageName

SENTENCE = Sentence("The server answered: %(reply)s", {"reply": "250 Ok", "days": 3, "old": None})


def test_a_stage_comes_back_as_it_was_kept() -> None:
    stage = Stage(
        StageName.TLS,
        ok=False,
        ms=12,
        seen=(SENTENCE, SENTENCE),
        code="certificate_expired",
        meaning=SENTENCE,
        cause=SENTENCE,
        advice=SENTENCE,
        correction=Correction({"port": 465, "security": "ssl"}, SENTENCE),
    )

    for one in (stage, Stage(StageName.SPF, None)):
        assert stage_kept(kept_stage(one)) == one


def test_what_a_database_refuses_is_replaced() -> None:
    hostile = Sentence("%(reply)s", {"reply": "a\0b\ud800c"})

    kept = kept_stage(Stage(StageName.GREETING, ok=True, seen=(hostile,)))

    assert kept["seen"][0]["facts"]["reply"] == "a\ufffdb?c"
    assert storable("\0") == "\ufffd"
