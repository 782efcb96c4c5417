"""Ways through a flow: sets of answers in which every two answers of different questions occur together."""

from __future__ import annotations

import random
from itertools import combinations

from rag.guides.engine import Answers
from rag.guides.flow import Flow, Question


def choices(question: Question) -> list[tuple[str, ...]]:
    """The answers to try: each option by itself, of a question with more answers also all together and, where it may be, none."""
    ids = tuple(o.id for o in question.opties)
    if question.soort == "een":
        return [(i,) for i in ids]
    least = max(1, question.minstens)
    none = [()] if question.minstens == 0 else []
    return [*combinations(ids, least), ids, *none]


def pairwise(flow: Flow, seed: int = 1) -> list[Answers]:
    """Answers to all questions, again and again, until every pair of choices of two questions has occurred."""
    told = {q.id: choices(q) for q in flow.questions.values()}
    names = list(told)
    left = {frozenset({(a, x), (b, y)}) for a, b in combinations(names, 2) for x in told[a] for y in told[b]}
    if len(names) == 1:
        return [{names[0]: chosen} for chosen in told[names[0]]]
    dice = random.Random(seed)
    out: list[Answers] = []
    while left:
        wanted = dict(min(left, key=sorted))  # this pair is in, so that every round covers something
        tries = [{n: wanted[n] if n in wanted else dice.choice(told[n]) for n in names} for _ in range(30)]
        best = max(tries, key=lambda answers: len(_pairs(answers) & left))
        left -= _pairs(best)
        out.append(best)
    return out


def _pairs(answers: Answers) -> set[frozenset]:
    return {frozenset(pair) for pair in combinations(answers.items(), 2)}
