"""Custodiet as Python functions: what the commands call, and what a notebook may call.

This is the only package that chooses implementations: which engine, which readers, which log store stand behind the ports.
"""

from custodiet.app.health import Health
from custodiet.app.permissions import Look
from custodiet.app.proving import Asked, Period
from custodiet.bootstrap.audits import audit, queue, report, show, why
from custodiet.bootstrap.checking import Extent, test, verify
from custodiet.bootstrap.demo import World, demo, simulate, take_in_force
from custodiet.bootstrap.doctor import doctor
from custodiet.bootstrap.exports import check_export, export_log
from custodiet.bootstrap.intake import Source, drive_quarantined, export_quarantined, quarantined, take_in, take_in_all
from custodiet.bootstrap.keeping import back_up_keys, change_passphrase, renew_seeds_key
from custodiet.bootstrap.lean import store_leaves
from custodiet.bootstrap.passphrases import new_passphrase, next_passphrase
from custodiet.bootstrap.proposing import propose_mapping
from custodiet.bootstrap.proving import check_evidence, prove
from custodiet.bootstrap.vaults import Founding, init, zone_of

__all__ = [
    "Asked",
    "Extent",
    "Founding",
    "Health",
    "Look",
    "Period",
    "Source",
    "World",
    "audit",
    "back_up_keys",
    "change_passphrase",
    "check_evidence",
    "check_export",
    "demo",
    "doctor",
    "drive_quarantined",
    "export_log",
    "export_quarantined",
    "init",
    "new_passphrase",
    "next_passphrase",
    "propose_mapping",
    "prove",
    "quarantined",
    "queue",
    "renew_seeds_key",
    "report",
    "show",
    "simulate",
    "store_leaves",
    "take_in",
    "take_in_all",
    "take_in_force",
    "test",
    "verify",
    "why",
    "zone_of",
]
