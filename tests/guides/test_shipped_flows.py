"""Every flow of the product on the shipped corpus: each sentence of each memo stands in the source that it names."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from rag.guides.engine import outcome, read_answers
from rag.guides.load import SHIPPED, load_flows, read_flow
from rag.guides.outcome import LOST, SILENT
from rag.guides.quotes import MARK, problems
from tests.guides.conftest import ROOT
from tests.guides.walks import choices, pairwise

FLOWS, WRONG = load_flows([SHIPPED])


def test_the_four_flows_are_there():
    assert WRONG == [] and list(FLOWS) == ["keuzehulp", "ambitie", "uitdagingen", "vergelijk-domeinen"]


def test_the_example_of_the_documentation_works(shipped, tmp_path):
    text = (ROOT / "docs" / "advies-toevoegen.md").read_text(encoding="utf-8")
    path = tmp_path / "onze-haven.yml"
    path.write_text(re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1], encoding="utf-8")
    flow = read_flow(path)
    assert problems(flow, shipped) == []
    assert len(outcome(flow, {"kwestie": ("melden", "regie")}, shipped, "v").memo.citations) > 1


@pytest.mark.parametrize("name", FLOWS)
def test_every_beginning_finds_one_sentence(name, shipped):
    assert problems(FLOWS[name], shipped) == []


@pytest.mark.parametrize("name", FLOWS)
def test_the_walks_hold_every_pair_of_answers(name):
    flow = FLOWS[name]
    walks = pairwise(flow)
    for a, b in combinations(flow.questions.values(), 2):
        seen = {(w[a.id], w[b.id]) for w in walks}
        assert seen == {(x, y) for x in choices(a) for y in choices(b)}


@pytest.mark.parametrize("name", FLOWS)
def test_every_sentence_of_every_memo_verifies(name, shipped):
    flow = FLOWS[name]
    walked = 0
    for chosen in pairwise(flow):
        answers = read_answers(flow, chosen.__getitem__)
        assert answers == chosen
        found = outcome(flow, answers, shipped, "v")
        walked += sum(len(s.sentences) for s in found.memo.sections)
        wrong = list(_wrong(found.memo, shipped))
        assert wrong == [], (chosen, wrong[:3])
        for part in found.parts:
            assert part.answers or part.groups or part.cells, f"{part.heading}: an empty section"
            notes = [*(g.note for g in part.groups), *(c.note for c in part.cells), *(g.note for c in part.cells for g in c.groups)]
            assert not {LOST, SILENT} & set(notes), f"{part.heading}: a cell that nothing fills"
    assert walked > 50


def _wrong(memo, store):
    """What of a memo does not verify, one line each."""
    cited = {c.n: c for c in memo.citations}
    there = store.passages([c.passage.id for c in memo.citations])
    if list(cited) != list(range(1, len(cited) + 1)):
        yield "the numbers have gaps"
    for c in memo.citations:
        passage = there.get(c.passage.id)
        if passage is None or c.quote not in passage.text or not all(q in c.quote for q in c.quotes) or not c.sources:
            yield f"source {c.n} does not hold its quote"
    used = set()
    for section in memo.sections:
        lead = None
        for s in section.sentences:
            used |= set(s.citations)
            if not s.citations or not set(s.citations) <= set(cited):
                yield f"no source: {s.text}"
            elif not any(s.text in cited[n].quote for n in s.citations):
                yield f"not in its source: {s.text}"
            if s.kind == "item" and lead is None and _explained(s, cited):
                yield f"our reading, not told as such: {s.text}"
            lead = s if s.kind == "lead" else lead if s.kind == "item" else None
    if used != set(cited):
        yield "sources that nothing leans on"


def _explained(sentence, cited) -> bool:
    """Whether the sentence is an item of a list that the corpus marks as explanation."""
    passage = cited[sentence.citations[0]].passage
    group = next(p.group for p in passage.sentences if p.text == sentence.text)
    return any(p.kind == "lead" and p.group == group and p.text.startswith(MARK) for p in passage.sentences)
