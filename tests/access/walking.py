"""Everything that there is to walk, and how an operation is called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import Cast
from portico.config.api import api
from tests.access.rows import WHO, Operation, Sample
from tests.access.scene import Scene, undone


def patterns(
    resolver: URLResolver | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the program, with its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else "")
        else:
            yield f"{namespace}{pattern.name}", pattern


def operations() -> dict[str, Any]:
    """Every operation of the API, by method and path."""
    return {
        f"{method} {router.prefix.rstrip('/')}{path}".rstrip("/"): operation
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def pages() -> set[str]:
    """The names of all addresses but those of the API's operations."""
    own = {f"api:{operation.view_func.__name__}" for operation in operations().values()}
    return {name for name, _pattern in patterns()} - own


def for_each(
    sample: Sample, cast: Cast, ways: tuple[str, ...] = ("",)
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Everybody in turn, in each of these ways, with what they ask about. What one of them did is
    undone for the next."""
    with undone():
        shared = Scene(cast, WHO[0])
        values = sample(shared)
        for who, way in product(WHO, ways):
            with undone():
                yield who, way, sample(Scene(cast, who)) if shared.is_own else values


def send(
    client: Client, name: str, operation: Operation, path_values: dict[str, Any] | None = None
) -> Any:
    """Call an operation as the table describes it."""
    method, _space, path = name.partition(" ")
    return client.generic(
        method,
        f"/api/v1{path.format(**(path_values or {}))}{operation.query}",
        json.dumps(operation.body),
        content_type="application/json",
        headers={"if-match": operation.etag} if operation.etag else {},
    )
