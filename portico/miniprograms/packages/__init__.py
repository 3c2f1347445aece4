"""Packages of mini programs: read, checked and made, in plain Python without Django.

A package is a ZIP by W3C MiniApp Packaging. It comes from a stranger: its structures are parsed
here (`structures`, `layout`), its data is unpacked in constant memory and never to disk
(`contents`), and `read_package` refuses whatever two readers could understand differently. The
command line packs with the same rules (`packing`).
"""

from portico.miniprograms.packages.archives import Package, read_index, read_package
from portico.miniprograms.packages.content_types import content_type_of
from portico.miniprograms.packages.contents import Entry, open_entry, read_entry
from portico.miniprograms.packages.limits import LIMITS, Limits
from portico.miniprograms.packages.manifests import (
    HostedManifest,
    Manifest,
    check_hosted_manifest,
    check_manifest,
)
from portico.miniprograms.packages.members import is_app_id
from portico.miniprograms.packages.packing import LeftOut, Packed, Progress, Why, pack
from portico.miniprograms.packages.problems import PackageRefused, Problem
from portico.miniprograms.packages.rules import Rule

__all__ = [
    "LIMITS",
    "Entry",
    "HostedManifest",
    "LeftOut",
    "Limits",
    "Manifest",
    "Package",
    "PackageRefused",
    "Packed",
    "Problem",
    "Progress",
    "Rule",
    "Why",
    "check_hosted_manifest",
    "check_manifest",
    "content_type_of",
    "is_app_id",
    "open_entry",
    "pack",
    "read_entry",
    "read_index",
    "read_package",
]
