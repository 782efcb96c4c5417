"""Marks by which chat models tell system, user and answer apart: found in a question, made harmless in what a model gets to read."""

from __future__ import annotations

import re

from rag.guard.characters import legible

_ROLES = "system|assistant|user|human|developer|tool|function|model|instructions?|response|input|systeem|assistent|gebruiker|instructie"
_BRACKETS = "INST|SYS|SYSTEM|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|ASSISTANT|USER"
_DELIMITERS = (
    re.compile(r"<[|｜][^<>\n]{0,40}[|｜]>"),  # <|im_start|>, <|eot_id|>, <｜User｜>
    re.compile(rf"\[/?(?:{_BRACKETS})\]", re.IGNORECASE),
    re.compile(r"</?(?:s|bos|eos|start_of_turn|end_of_turn|think|tool_call|tool_response)>|<</?SYS>>", re.IGNORECASE),
    re.compile(rf"</?(?:{_ROLES}|context|prompt|vraag|passages?|bron(?:nen)?)(?:\s[^<>\n]{{0,60}})?>", re.IGNORECASE),
    re.compile(rf"#{{2,6}}\s{{0,3}}(?:new\s|nieuwe\s)?(?:{_ROLES})\b", re.IGNORECASE),
    re.compile(r"(?:^|[\n.?!]\s{0,3})(?:system|assistant|systeem|assistent)\s{0,3}:", re.IGNORECASE),
)
_OPENING = re.compile(r"<(?=[A-Za-z_/|!?<｜])")
_CLOSING = re.compile(r"(?<=[\w/|\"'>｜›-])>")
_BRACKETED = re.compile(rf"\[(/?(?:{_BRACKETS}|gMASK))\]", re.IGNORECASE)
_HEADING = re.compile(r"#{2,}")
_FENCE = re.compile(r"`{3,}|~{3,}")
_SPEAKER = re.compile(rf"(^|[\n.?!]\s{{0,3}})({_ROLES}|ai|vraag|antwoord)(\s{{0,3}}):", re.IGNORECASE)


def has_delimiters(text: str) -> bool:
    """Does `text` hold a mark of a chat template, or a line that begins as a system or an assistant speaking?"""
    return any(d.search(text) for d in _DELIMITERS)


def defuse(text: str) -> str:
    """`text` for a model to read as data: nothing invisible, no marks of chat templates. A reader sees hardly any difference."""
    text = "\n".join(legible(line) for line in text.split("\n"))
    text = _CLOSING.sub("›", _OPENING.sub("‹", text))
    text = _BRACKETED.sub(r"(\1)", text)
    text = _FENCE.sub("'''", _HEADING.sub("#", text))
    return _SPEAKER.sub(r"\1\2\3 –", text)
