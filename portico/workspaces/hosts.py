"""From a host name to the workspace that is shown there, and back."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from portico.kernel.site import Site, names_of
from portico.workspaces.models import Workspace


def site() -> Site:
    """Where this installation is reached."""
    found: Site = settings.PORTICO_SITE
    return found


def workspace_at(host: str) -> Workspace | None:
    """The workspace shown at this host, in one query, or None.

    Closest first: the slug in the host name, then a proven domain, then the default workspace.
    """
    names = names_of(host, site())
    found = Workspace.objects.filter(
        Q(slug__in=[slug for slug in (names.slug, names.default_slug) if slug])
        | Q(served_host=names.host)
    )
    by_closeness = sorted(
        found,
        key=lambda workspace: (
            workspace.slug != names.slug,
            workspace.served_host != names.host,
        ),
    )
    return by_closeness[0] if by_closeness else None


def host_of(workspace: Workspace) -> str:
    """The host, with its port where one is needed, at which a workspace is best reached."""
    if workspace.canonical_host:
        return f"{workspace.canonical_host}{site().port}"
    return _host_of_slug(workspace)


def address_of(workspace: Workspace, path: str = "/") -> str:
    """An absolute URL in a workspace, at its own domain once that was seen to lead here."""
    return f"{site().scheme}://{host_of(workspace)}{path}"


def own_address_of(workspace: Workspace, path: str) -> str:
    """An absolute URL in a workspace at a host of the platform, whatever domain it has besides.

    For links that open an account: it may belong to other workspaces, too, and whoever owns a
    workspace's domain decides which machine hears what is sent there.
    """
    return f"{site().scheme}://{_host_of_slug(workspace)}{path}"


def is_own_domain(request: HttpRequest, workspace: Workspace) -> bool:
    """Whether this was asked at the workspace's own domain, whose owner may hear all of it."""
    return names_of(request.get_host(), site()).host == workspace.served_host


def origin_of(request: HttpRequest, workspace: Workspace) -> str:
    """Scheme and host for a link to an account, mailed to somebody who may have asked here.

    Where any host name is answered, the one that was asked: people try things on remote machines.
    Never the workspace's own domain (see `own_address_of`), and in production none that is asked:
    the header is whatever the client says.
    """
    if site().any_host and not is_own_domain(request, workspace):
        return f"{request.scheme}://{request.get_host()}"
    return own_address_of(workspace, "")


def _host_of_slug(workspace: Workspace) -> str:
    place = site()
    return f"{workspace.slug}.{place.base_domain}{place.port}"
