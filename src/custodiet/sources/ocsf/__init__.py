"""OCSF 1.x: accesses from the classes that carry access to records."""

from custodiet.sources.ocsf.settings import OcsfSettings
from custodiet.sources.ocsf.source import ocsf_source

__all__ = ["OcsfSettings", "ocsf_source"]
