"""The kept digests of a segment, read from beside it."""

from __future__ import annotations

from custodiet.errors import BadInput
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.kept_digests import KeptDigests
from custodiet.ledger.manifest import Segment
from custodiet.logstore.layout import Layout


def kept_of(layout: Layout, segment: Segment) -> KeptDigests:
    """Return what was kept of groups erased from the segment; raises LogDamaged if the file is damaged.

    A file that is missing is not noticed here: the entries then cannot be made again, and no leaf fits.
    """
    path = layout.kept(segment.file)
    if segment.generation == 0 or not path.exists():
        return KeptDigests()
    try:
        return KeptDigests.parse(path.read_text(encoding="utf-8"))
    except (BadInput, UnicodeDecodeError) as error:
        sentence = "The digests that were kept of this segment's erased groups are damaged."
        raise LogDamaged(Fault(part=Part.DATA, sentence=sentence, index=segment.start, file=path.name)) from error
