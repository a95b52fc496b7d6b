"""The files of sentences and answers, among the derived rows of the vault: whatever erases entries takes them away too."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.errors import BadInput
from custodiet_mining.blind import Answers, Shown, read_answers, read_shown, shown_text

_SENTENCES, _ANSWERS = "sentences.json", "answers.sealed.json"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sentences of one proposal, and apart from them the answers."""

    folder: Path

    @classmethod
    def of(cls, vault: Vault, name: str) -> Drawn:
        """Return those of the proposal of that name, which need not be there."""
        return cls(vault.derived / "mining" / name)

    @property
    def are_there(self) -> bool:
        """Tell whether both files are there."""
        return (self.folder / _SENTENCES).exists() and (self.folder / _ANSWERS).exists()

    def are_of(self, digest: str) -> bool:
        """Tell whether both files are there, and the answers are those of which the ledger knows the digest."""
        return self.are_there and sha256((self.folder / _ANSWERS).read_bytes()).hexdigest() == digest

    def lay_down(self, looks: Sequence[Shown], answers: Answers) -> None:
        """Both files are there, readable by their owner only; earlier ones are gone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self.folder / _SENTENCES, shown_text(looks))
        _write(self.folder / _ANSWERS, answers.written())

    def looks(self) -> list[Shown]:
        """Return the sentences; raises BadInput where they are not there any more."""
        if not self.are_there:
            raise BadInput(
                "The sentences of this proposal are gone: something was erased since they were drawn.",
                expected="`custodiet mine` draws new ones",
            )
        return read_shown((self.folder / _SENTENCES).read_bytes())

    def answers(self, digest: str) -> Answers:
        """Return the answers; raises BadInput where they are not those that the ledger knows."""
        return read_answers((self.folder / _ANSWERS).read_bytes(), digest)


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    unfinished.replace(path)
