"""YAML that remembers on which line everything stands, and errors in words that an editor understands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import ErrorDetails

from rag.errors import DocumentError

_TOLD = {
    "missing": "dit veld ontbreekt",
    "extra_forbidden": "deze sleutel bestaat niet",
    "string_type": "hier hoort tekst (zet die zo nodig tussen aanhalingstekens)",
    "string_too_short": "deze tekst is te kort",
    "string_too_long": "deze tekst is langer dan {max_length} tekens",
    "string_pattern_mismatch": "een naam begint met een kleine letter en heeft daarna alleen kleine letters, cijfers, - en _",
    "tuple_type": "hier hoort een lijst",
    "dict_type": "hier horen sleutels met een waarde",
    "model_type": "hier horen sleutels met een waarde",
    "model_attributes_type": "hier horen sleutels met een waarde",
    "too_short": "deze lijst heeft er ten minste {min_length} nodig",
    "int_type": "hier hoort een heel getal",
    "int_parsing": "hier hoort een heel getal",
    "int_from_float": "hier hoort een heel getal",
    "bool_parsing": "kies true of false",
    "bool_type": "kies true of false",
    "literal_error": "kies {expected}",
    "greater_than_equal": "dit getal is te klein (ten minste {ge})",
    "less_than_equal": "dit getal is te groot (ten hoogste {le})",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """What a file holds, with the tree of nodes that knows the lines."""

    value: Any
    root: yaml.Node

    def line(self, at: tuple[str | int, ...]) -> int:
        """The line of `at`, counted from one; of the nearest part around it where `at` is not there."""
        node = self.root
        line = node.start_mark.line
        for step in at:
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line
            else:
                break
        return line + 1

    def place(self, at: tuple[str | int, ...]) -> str:
        """`at` as an editor counts: from one."""
        return ".".join(str(s + 1 if isinstance(s, int) else s) for s in at if s != "[key]")


def read_marked(path: Path) -> Marked:
    """The content of a YAML file.

    Raises:
        DocumentError: it cannot be read, is no YAML or names a key twice; the message names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.CSafeLoader)
        if root is None:
            raise DocumentError(f"{path.name}: het bestand is leeg.")
        _no_key_twice(path.name, root, set())
        return Marked(yaml.load(text, yaml.CSafeLoader), root)
    except yaml.MarkedYAMLError as error:
        at = f", regel {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DocumentError(f"{path.name}{at}: dit is geen geldige YAML ({error.problem}).") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name}: het bestand is niet in UTF-8 opgeslagen.") from error
    except (OSError, yaml.YAMLError) as error:
        raise DocumentError(f"{path.name}: het bestand kan niet worden gelezen ({type(error).__name__}).") from error


def told(error: ErrorDetails) -> str:
    """The error in Dutch; in its own words where there are none."""
    words = _TOLD.get(error["type"])
    return words.format(**error.get("ctx", {})).replace(" or ", " of ") if words else error["msg"]


def _no_key_twice(name: str, node: yaml.Node, seen: set[int]) -> None:
    """YAML keeps the last of two equal keys: without this the first would vanish unseen."""
    if id(node) in seen:  # an alias (*name) to what was looked at already
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    raise DocumentError(f"{name}, regel {key.start_mark.line + 1}: de sleutel '{key.value}' staat hier twee keer.")
                keys.add(key.value)
            _no_key_twice(name, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _no_key_twice(name, value, seen)
