"""Websites as people type them, and what may come into a header of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embeds.origins import OriginError, frame_ancestors, origin_of, parse_origins


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://intranet.example.nl", "https://intranet.example.nl"),
        ("HTTPS://Intranet.Example.NL/sites/pps?x=1#y", "https://intranet.example.nl"),
        ("https://intranet.example.nl:443/", "https://intranet.example.nl"),
        ("http://intranet:80", "http://intranet"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://intranet.example.nl:8443", "https://intranet.example.nl:8443"),
        ("https://één.example.nl", "https://xn--n-9faa.example.nl"),
    ],
)
def test_an_address_becomes_the_origin_that_browsers_send(typed, origin):
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "intranet.example.nl",
        "ftp://example.nl",
        "javascript:alert(1)",
        "https://",
        "https://*.example.nl",
        "*",
        "null",
        "https://u:w@example.nl",
        "https://example.nl:99999",
        "https://[::1]",
        "https://[::1",
        "https://a'b.nl",
        "https://a..nl",
        "data:text/html,x",
        "https://" + "a" * 300,
    ],
)
def test_what_is_no_website_is_told(typed):
    with pytest.raises(OriginError, match="“"):
        origin_of(typed)


def test_a_list_is_read_once_each_and_has_an_end():
    assert parse_origins(" https://a.nl,\nhttps://b.nl/x  https://a.nl:443;") == ["https://a.nl", "https://b.nl"]
    assert parse_origins(" \n ") == []
    with pytest.raises(OriginError, match="21 websites; het maximum is 20"):
        parse_origins(" ".join(f"https://a{n}.nl" for n in range(21)))


@given(st.text(max_size=60).map(lambda t: f"https://{t}"))
def test_nothing_else_comes_into_the_header(typed):
    try:
        found = parse_origins(typed)
    except OriginError:
        return
    header = frame_ancestors(found)
    assert header.isascii() and not set(header) & set(';,"\r\n*') and len(header.split(" ")) == 2 + len(found)
