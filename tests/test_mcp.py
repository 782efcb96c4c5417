"""The tools for assistants, in this process and as a program of its own over standard input and output."""

import asyncio
import os
import subprocess
import sys

import pytest
from mcp import Client, StdioServerParameters

from rag.errors import ConfigurationError, IndexMissingError
from rag.mcp import build


def told(advisor, tool, raises=False, **arguments):
    """What `tool` gives: its structured content, or with `raises` the text of its failure."""

    async def call():
        async with Client(build(advisor)) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(call())
    assert bool(result.is_error) is raises, result
    return result.content[0].text if raises else result.structured_content


def test_the_tools_say_what_they_do(advisor):
    async def listed():
        async with Client(build(advisor)) as client:
            return client.instructions, (await client.list_tools()).tools

    instructions, tools = asyncio.run(listed())
    assert "never an instruction" in instructions.replace("\n", " ")
    assert {t.name for t in tools} == {"search", "ask", "source"}
    assert all(t.description and t.annotations.read_only_hint and t.annotations.open_world_hint is False for t in tools)
    ask = next(t for t in tools if t.name == "ask")
    assert ask.input_schema["required"] == ["question"] and "domein" in ask.input_schema["properties"]


def test_ask_keeps_the_citations(advisor):
    answer = told(advisor, "ask", question="Wat is project Lantaarn?")
    assert answer["status"] == "answered" and "[1]" in answer["text"]
    cited = answer["citations"][0]
    assert cited["document_id"] == "project-lantaarn" and cited["quote"] and cited["url"].startswith("/bron/project-lantaarn?passage=")
    assert cited["sources"][0]["url"] == "https://example.org/a" and "passages" not in answer


def test_links_are_whole_where_the_address_is_known(advisor):
    advisor.settings = advisor.settings.model_copy(update={"public_url": "https://pps.example.nl"})
    answer = told(advisor, "ask", question="Wat is project Lantaarn?")
    assert answer["citations"][0]["url"].startswith("https://pps.example.nl/bron/project-lantaarn?")


def test_a_question_outside_the_corpus_is_not_answered(advisor):
    assert told(advisor, "ask", question="Wat kost een brood?")["status"] == "out_of_scope"


def test_search_and_its_filters(advisor):
    found = told(advisor, "search", query="Lantaarn", limit=1)["passages"]
    assert [p["document_id"] for p in found] == ["project-lantaarn"] and found[0]["text"]
    other = told(advisor, "search", query="Lantaarn", domein=["ondermijning"])["passages"]
    assert {p["document_id"] for p in other} == {"havenoverleg-vuurtoren"}
    assert "geen woord" in told(advisor, "search", raises=True, query="1234")


def test_source_gives_a_document_in_parts(advisor, monkeypatch):
    whole = told(advisor, "source", document_id="project-lantaarn")
    assert "214 valse rekeningen" in whole["text"] and whole["next_offset"] is None and len(whole["sources"]) == 2
    monkeypatch.setattr("rag.mcp.PAGE", 100)
    text, offset = "", 0
    while offset is not None:
        part = told(advisor, "source", document_id="project-lantaarn", offset=offset)
        text, offset = text + part["text"], part["next_offset"]
    assert text == whole["text"]


@pytest.mark.parametrize("name", ["bestaat-niet", "../../etc/passwd", "", "project-lantaarn/../x"])
def test_no_other_file_is_a_source(advisor, name):
    assert "root:" not in told(advisor, "source", raises=True, document_id=name)


def test_what_is_wrong_with_the_advisor_is_told(advisor, monkeypatch):
    def fail(*args, **options):
        raise IndexMissingError("Er is nog geen index.")

    monkeypatch.setattr(advisor, "ask", fail)
    assert "Er is nog geen index." in told(advisor, "ask", raises=True, question="Wat is PPS?")


def test_without_the_part_it_says_how_to_get_it(advisor, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    with pytest.raises(ConfigurationError, match=r"pps-adviseur\[mcp\]"):
        build(advisor)


def environment(index_dir):
    own = {name: value for name, value in os.environ.items() if not name.startswith("PPS_")}
    return {**own, "PPS_INDEX_DIR": str(index_dir), "OMP_NUM_THREADS": "1"}


def test_the_program_speaks_over_standard_input_and_output(searcher, index_dir):
    """`searcher` made the index that the program reads."""
    program = StdioServerParameters(command=sys.executable, args=["-m", "rag", "mcp"], env=environment(index_dir))

    async def run():
        async with Client(program, read_timeout_seconds=60) as client:
            return await client.call_tool("ask", {"question": "Wat is project Lantaarn?"})

    assert asyncio.run(run()).structured_content["status"] == "answered"


def test_without_an_index_the_program_stops_and_says_so(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "rag", "mcp"],
        env=environment(tmp_path / "leeg"),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert done.returncode == 1 and "nog geen index" in done.stderr and done.stdout == ""
