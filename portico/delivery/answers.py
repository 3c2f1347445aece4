"""What a client is answered, in JSON: the same whoever answers."""

from __future__ import annotations

from typing import TypedDict

from portico.delivery.explaining import Explanation
from portico.delivery.plan import Picked, Plan, PlannedVersion
from portico.delivery.targeting import rules_json

VERSIONS = "/delivery/v1/versions"


class VersionAnswer(TypedDict, total=False):
    """The version that somebody gets. A package has `sha256`, `size` and `package`, the path to
    fetch it from; a hosted program has `entry_url`."""

    code: int
    name: str
    manifest: str
    sha256: str
    size: int
    package: str
    entry_url: str
    server_domains: list[str]
    variables: dict[str, str]


class ExplanationAnswer(TypedDict):
    """What the decision looked at. `bucket` and `threshold` are thousandths of a percent."""

    in_test_group: bool
    salt: str
    bucket: int | None
    threshold: int
    enrolled: bool
    rules: dict[str, list[str] | dict[str, str]]
    mismatches: list[str]


class Answer(TypedDict, total=False):
    """Which version, why, and by which revision of the plan."""

    app_id: str
    version: VersionAnswer | None
    reason: str
    release: str | None
    revision: int
    withdrawn: list[int]
    explanation: ExplanationAnswer


def answer_of(plan: Plan, picked: Picked) -> Answer:
    """What a client is told of what was picked by a plan."""
    return {
        "app_id": plan.app_id,
        "version": _version(plan.app_id, picked.version) if picked.version else None,
        "reason": picked.reason.value,
        "release": picked.release or None,
        "revision": plan.revision,
        "withdrawn": list(plan.withdrawn),
    }


def explained(explanation: Explanation) -> Answer:
    """The same with what it is made of."""
    plan = explanation.plan
    answer = answer_of(plan, explanation.picked)
    answer["explanation"] = {
        "in_test_group": explanation.is_tester,
        "salt": plan.salt,
        "bucket": explanation.bucket,
        "threshold": plan.threshold,
        "enrolled": explanation.enrolled,
        "rules": rules_json(plan.rules),
        "mismatches": [one.rule.value for one in explanation.mismatches],
    }
    return answer


def _version(app_id: str, version: PlannedVersion) -> VersionAnswer:
    path = f"{VERSIONS}/{app_id}/{version.code}"
    answer: VersionAnswer = {
        "code": version.code,
        "name": version.name,
        "manifest": f"{path}/manifest",
        "server_domains": list(version.server_domains),
        "variables": dict(version.variables),
    }
    if version.entry_url:
        answer["entry_url"] = version.entry_url
    else:
        answer |= {"sha256": version.sha256, "size": version.size, "package": f"{path}/package"}
    return answer
