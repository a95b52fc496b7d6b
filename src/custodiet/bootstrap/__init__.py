"""Custodiet as Python functions: what the commands call, and what a notebook may call.

This is the only package that chooses implementations: which engine, which readers, which log store stand behind the ports.
"""

from custodiet.app.health import Health
from custodiet.app.permissions import Look
from custodiet.app.proving import Asked, Period
from custodiet.bootstrap.audits import audit, queue, report, show, ties, why
from custodiet.bootstrap.checking import Extent, remarks, test, unmeasured, verify
from custodiet.bootstrap.comparing import diff
from custodiet.bootstrap.completeness import account, heartbeat, silence
from custodiet.bootstrap.coverage import coverage
from custodiet.bootstrap.demo import World, demo, simulate, take_in_force
from custodiet.bootstrap.doctor import doctor
from custodiet.bootstrap.evaluating import Measuring, evaluate
from custodiet.bootstrap.exports import check_export, export_log
from custodiet.bootstrap.holding import hold, holds, release
from custodiet.bootstrap.intake import Source, drive_quarantined, export_quarantined, quarantined, take_in, take_in_all
from custodiet.bootstrap.journals import commit_journal, journal
from custodiet.bootstrap.keeping import back_up_keys, change_passphrase, renew_seeds_key
from custodiet.bootstrap.lean import store_leaves
from custodiet.bootstrap.packs import copy_pack
from custodiet.bootstrap.passphrases import given_passphrase, new_passphrase, next_passphrase
from custodiet.bootstrap.process_logs import LogEvaluation, evaluate_log
from custodiet.bootstrap.proposing import propose_mapping
from custodiet.bootstrap.proving import check_evidence, prove
from custodiet.bootstrap.redacting import approve_redaction, propose_redaction, redactions
from custodiet.bootstrap.retaining import retain
from custodiet.bootstrap.rotating import Elsewhere, declare_compromised, rotate_key
from custodiet.bootstrap.timestamping import stamps, timestamp
from custodiet.bootstrap.trust import Trust
from custodiet.bootstrap.vaults import Founding, init, zone_of
from custodiet.bootstrap.witness_service import add_log, make_witness, witness_server, witnessed_logs
from custodiet.bootstrap.witnessing import compare, policy, remembered, set_policy, vouching, witness

__all__ = [
    "Asked",
    "Elsewhere",
    "Extent",
    "Founding",
    "Health",
    "LogEvaluation",
    "Look",
    "Measuring",
    "Period",
    "Source",
    "Trust",
    "World",
    "account",
    "add_log",
    "approve_redaction",
    "audit",
    "back_up_keys",
    "change_passphrase",
    "check_evidence",
    "check_export",
    "commit_journal",
    "compare",
    "copy_pack",
    "coverage",
    "declare_compromised",
    "demo",
    "diff",
    "doctor",
    "drive_quarantined",
    "evaluate",
    "evaluate_log",
    "export_log",
    "export_quarantined",
    "given_passphrase",
    "heartbeat",
    "hold",
    "holds",
    "init",
    "journal",
    "make_witness",
    "new_passphrase",
    "next_passphrase",
    "policy",
    "propose_mapping",
    "propose_redaction",
    "prove",
    "quarantined",
    "queue",
    "redactions",
    "release",
    "remarks",
    "remembered",
    "renew_seeds_key",
    "report",
    "retain",
    "rotate_key",
    "set_policy",
    "show",
    "silence",
    "simulate",
    "stamps",
    "store_leaves",
    "take_in",
    "take_in_all",
    "take_in_force",
    "test",
    "ties",
    "timestamp",
    "unmeasured",
    "verify",
    "vouching",
    "why",
    "witness",
    "witness_server",
    "witnessed_logs",
    "zone_of",
]
