"""Commands about the vault itself: init, verify, test."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table
from custodiet.cli.progress import progress
from custodiet.cli.verified import declared_compromised, left_unread, no_longer_held, share, verification_shape
from custodiet.cli.witnessing_commands import allowed_age, print_stamps, print_witnessing, witnessing_body


def register(app: App) -> None:
    """Add the commands of this module."""
    for command in (init, verify, test):
        app.command(command)


def init(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    /,
    *,
    organisation: Annotated[
        str, Parameter(help="Domain name of the body whose records are audited; stands in every checkpoint.")
    ],
    name: Annotated[str, Parameter(help="Name of the vault; stands in every checkpoint.")] = "main",
    title: Annotated[str | None, Parameter(help="The body's name as people write it.")] = None,
    zone: Annotated[str, Parameter(help="Time zone in which local times are shown.")] = "Europe/London",
    pack: Annotated[
        str,
        Parameter(help="What it audits by: the name of a pack that comes with Custodiet, or a folder's path."),
    ] = "uk_police",
    staff: Annotated[
        str | None, Parameter(help="Your own staff number, so that walls can be drawn around your matters.")
    ] = None,
    no_passphrase: Annotated[
        bool, Parameter(negative=(), help="Leave the private keys in the open: whoever copies them has them.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Make a vault: the folder that holds one organisation's ledger, settings, quarantine and audits.

    Its private keys lie under a passphrase of at least twelve characters, taken from the first of these that is there: the
    file that `CUSTODIET_PASSPHRASE_FILE` names, the systemd credential `custodiet-passphrase`, `CUSTODIET_PASSPHRASE`, the keyboard.

    Example: `custodiet init wessex --organisation wessexvale.example --title "Wessex Vale Police" --staff 4127`
    """
    from custodiet import bootstrap

    founding = bootstrap.Founding(
        organisation=organisation, name=name, title=title or organisation, zone=zone, pack=pack, staff=staff
    )
    made = bootstrap.init(vault, founding, passphrase=None if no_passphrase else bootstrap.new_passphrase)
    vouching = bootstrap.vouching(vault)
    if as_json:
        print_json("init/1", {"vault": vault, **asdict(made), "witnessing": witnessing_body(vouching)})
        return 0
    out = console()
    out.print(f"Made the vault [bold]{shown(str(vault))}[/bold]; its log is called {made.origin}.")
    out.print(f"Its public key: {made.key}", soft_wrap=True)
    out.print(f"It audits by the pack {shown(made.pack)}.", soft_wrap=True)
    if not made.passphrase:
        out.print(
            "[bold]NO PASSPHRASE[/bold]: whoever copies ledger/keys can sign in this log's name and open its commitments."
            " Never do this with real records."
        )
    out.print("Keep a copy of ledger/keys apart from the vault: without the salt seeds no entry can be opened again.")
    print_witnessing(vouching)
    return 0


def verify(  # noqa: PLR0913 - its options
    vault: VaultFolder,
    /,
    *,
    tree_only: Annotated[
        bool, Parameter(negative=(), help="Check the tree and the checkpoints, not the rows.")
    ] = False,
    sample: Annotated[
        str | None, Parameter(help="Check the tree and this share of the rows, drawn at random: 5% or 0.05.")
    ] = None,
    seed: Annotated[int | None, Parameter(help="Draw the sample again that was drawn with this seed.")] = None,
    since: Annotated[
        str | None,
        Parameter(help="Check the tree and the rows after a checkpoint: its size, or a file that it was kept in."),
    ] = None,
    policy: Annotated[
        Path | None, Parameter(help="A policy file of your own, which whoever holds the vault cannot change.")
    ] = None,
    max_age: Annotated[
        float | None, Parameter(help="Hours since witnesses vouched last, at most; older fails.", show_default=False)
    ] = None,
    stamp_roots: Annotated[
        Path | None, Parameter(help="PEM file with the root certificates of time-stamping authorities to trust.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Check the whole ledger against its signed checkpoint; names the first thing that is altered, missing or out of order.

    Recomputes every leaf from the stored rows, every tile from the leaves, and holds the checkpoint against all earlier ones,
    against the one that was seen here last, and against the cosignatures of witnesses. Ends with 1 where something is wrong.

    Example: `custodiet verify wessex`
    """
    from custodiet import bootstrap

    extent = bootstrap.Extent(
        tree_only=tree_only, sample=None if sample is None else share(sample), seed=seed, since=since
    )
    trust = bootstrap.Trust(policy=policy, max_age=allowed_age(max_age), stamp_roots=stamp_roots)
    with progress(silent=as_json) as told:
        verified = bootstrap.verify(vault, extent, trust, told=told)
    vouching, memory = bootstrap.vouching(vault, policy), bootstrap.remembered(vault)
    stamps = bootstrap.stamps(vault, stamp_roots)
    if as_json:
        body = {"verified": verification_shape(verified), "witnessing": witnessing_body(vouching)}
        print_json("verify/1", {"ok": True, **body, "remembered": memory, "timestamps": stamps})
        return 0
    out = console()
    out.print(f"[bold green]Verified[/bold green]: {verified.size:,} entries, root {verified.root.hex()}.")
    counts = ", ".join(f"{count:,} {typ}" for typ, count in verified.entries.items())
    out.print(f"{counts}; {verified.segments:,} segments; {verified.earlier_checkpoints:,} earlier checkpoints hold.")
    for sentence in (*no_longer_held(verified), *left_unread(verified), *declared_compromised(verified)):
        out.print(sentence)
    print_witnessing(vouching)
    print_stamps(stamps)
    if memory.problem is not None:
        out.print(f"[bold]Not remembered[/bold]: {shown(memory.problem)}")
    return 0


def test(
    *files: Annotated[
        str,
        Parameter(
            help="Mapping files, folders of packs, or names of packs that come with Custodiet; none: all of those."
        ),
    ],
    on: Annotated[
        date | None,
        Parameter(help="The day, e.g. 2026-12-01, by which days of review and ends of trials are judged; none: today."),
    ] = None,  # noqa: PT028 - a command, and no test of pytest's
    as_json: Json = False,  # noqa: PT028
) -> int:
    """Run the examples that templates, signals and mappings carry: what they must catch, and what they must leave alone.

    Of templates it also says what speaks against letting them decide: nobody approved them, a whole unit could use them as a
    reason, an actor's own word would do. What is refused ends with 1, as a failed example does; the rest is advice.

    Beside a pack's `measured.toml` each template is held against its measured worth: a wide one that closes accesses fails.

    Example: `custodiet test hospital`
    """
    from custodiet import bootstrap

    results, said = bootstrap.test(files), bootstrap.remarks(files, on)
    failed = [result for result in results if result.problem is not None]
    refused = [remark for remark in said if remark.refused]
    if as_json:
        body = {"examples": len(results), "failed": failed, "remarks": said, "unmeasured": bootstrap.unmeasured(files)}
        print_json("test/1", body)
    else:
        out = console()
        if failed:
            rows = [(r.file, r.example, r.problem) for r in failed]
            out.print(table("Examples that failed", ("file", "example", "problem"), rows))
        for title, lines in (
            ("Templates that are refused", refused),
            ("Advice on templates", [one for one in said if not one.refused]),
        ):
            if lines:
                out.print(table(title, ("file", "it", "remedy"), [(r.file, r.says, r.remedy) for r in lines]))
        out.print(f"{len(results):,} examples, {len(failed):,} failed.")
        if stale := bootstrap.unmeasured(files):
            out.print(f"Not measured as they are now (`custodiet evaluate` does): {shown(', '.join(stale))}.")
        if refused:
            out.print(f"{len(refused):,} templates are refused.")
    return 1 if failed or refused else 0
