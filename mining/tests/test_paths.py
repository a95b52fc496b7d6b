"""The schema graph, and the paths in it."""

from __future__ import annotations

import pytest

from custodiet.app.examples import of_template
from custodiet.explain.template_file import read
from custodiet.relations.kinds import KINDS, kind_named
from custodiet_mining.candidate import Candidate, Lag, Sieve
from custodiet_mining.decoration import edges
from custodiet_mining.domains import CLASSES, KEYS, LEFT_OUT, TEMPO
from custodiet_mining.drafting import Standing, drafted, group_among
from custodiet_mining.examples import with_examples
from custodiet_mining.halves import Side, halves, joined
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path, Step
from custodiet_mining.schema_graph import paths
from custodiet_mining.template_text import template_text

ALL = tuple(paths())
TASK = Path((Step("tasking", "person", "subject"),))
WORK = Path((Step("assignment", "person", "incident"), Step("involvement", "incident", "subject")))


def test_every_kind_of_fact_is_either_walked_or_left_out_for_a_reason() -> None:
    """A new kind is not forgotten: it has keys and a tempo, or a reason why no path goes over it."""
    assert {kind.name for kind in KINDS} == set(KEYS) | set(LEFT_OUT)
    assert set(KEYS) & set(LEFT_OUT) == set()
    assert set(TEMPO) == set(KEYS)


@pytest.mark.parametrize("table", [KEYS, CLASSES])
def test_keys_and_classes_are_columns(table: dict[str, tuple[str, ...]]) -> None:
    """Each names a field of its kind."""
    for kind, columns in table.items():
        for column in columns:
            kind_named(kind).field(column)


def test_no_path_goes_over_what_ties_people_privately() -> None:
    """Homes, telephones and declared ties are in no path: they would explain the misuse that is sought."""
    used = {(step.relation, key) for path in ALL for step in path.steps for key in (step.entry, step.exit)}
    assert {relation for relation, _ in used} & {"staff", "association"} == set()
    assert ("subject", "phone") not in used


def test_no_path_is_longer_than_four() -> None:
    """Four steps, and so four relations, are the most."""
    assert {len(path.steps) for path in ALL} == {1, 2, 3, 4}


def test_each_path_is_made_of_one_pair_of_halves() -> None:
    """What meets in the middle is every path there is, once."""
    known = list(halves())
    met = [
        joined(first, second)
        for first in known
        for second in known
        if first.side is Side.ACTOR and second.side is Side.SUBJECT
    ]
    assert sorted(path for path in met if path is not None) == sorted(ALL)


def test_names_tell_paths_apart() -> None:
    """A name stands for one path, and is a word that a template may bear."""
    assert len({path.name for path in ALL}) == len(ALL)
    assert TASK.name.startswith("mined_tasking_")


def test_a_draft_is_a_template_of_the_language() -> None:
    """Whatever the path, its file reads back as the same template, and its examples come out as they say."""
    for path in ALL:
        template = with_examples(drafted(Candidate(path=path), Limits(), Standing()))
        assert read(template_text(template), template.file) == template
        assert [each for each in of_template(template) if each.problem] == []
        assert template.explains
        assert len(template.near_misses) == 2


@pytest.mark.parametrize("lag", [Lag(start, until) for start, until in zip(edges(), edges()[3:], strict=False)])
def test_examples_follow_the_window_that_was_learned(lag: Lag) -> None:
    """The invented case lies within whatever window and filter the draft has."""
    candidate = Candidate(path=WORK, lag=lag, sieves=(Sieve(0, "role", ("custody_sergeant",)),))
    template = with_examples(drafted(candidate, Limits(), Standing()))
    assert read(template_text(template), template.file) == template
    assert [each for each in of_template(template) if each.problem] == []


def test_the_sentence_says_the_path() -> None:
    """From the actor to the subject, in words a reviewer can check, and when it was."""
    assert drafted(Candidate(path=WORK), Limits()).sentence == (
        "{actor} was {words:a1.role} on incident {a1.incident}, in which the subject is recorded as {an:i2.role},"
        " {when:a1.valid_from}."
    )


def test_a_draft_joins_the_group_of_the_templates_it_is_like() -> None:
    """So that a mined path over the facts of a known reason does not add to it."""
    from custodiet.explain.included import shipped
    from custodiet.explain.pack import load

    templates = load(shipped()).templates
    assert group_among(templates, TASK) == "task"
    assert group_among(templates, WORK) == "matter"
    assert group_among((), WORK) == "mined"
