"""A header with a name is believed from the proxy of the settings, and from nobody else."""

import pytest
from starlette.datastructures import Headers

from rag.identity.errors import NotFromProxyError
from rag.identity.header import told_by_proxy
from rag.identity.sources import sources_of
from rag.identity.types import up_to
from rag.settings import Settings

PROXY = "10.0.0.5"
ROLES = {"*": "reader", "redactie": "editor"}


@pytest.fixture
def sources():
    return sources_of(Settings(_env_file=None, trusted_header="X-Remote-User", trusted_proxies=[PROXY]))


def ask(sources, *pairs, peer=PROXY, roles_header="x-groups"):
    raw = [(name.lower().encode(), value.encode("utf-8")) for name, value in pairs]
    return told_by_proxy(Headers(raw=raw), peer, sources, roles_header, ROLES)


def test_the_proxy_tells_who_asks_and_the_groups(sources):
    found = ask(sources, ("X-Remote-User", "jan"), ("X-Groups", "iets, redactie"))
    assert (found.subject, found.source, found.roles) == ("jan", "proxy", up_to("editor"))
    assert ask(sources, ("X-Remote-User", "ján")).subject == "ján"


def test_without_the_header_nothing_is_told(sources):
    assert ask(sources) is None and ask(sources, peer="10.9.9.9") is None and ask(sources, ("X-Remote-User", "  ")) is None


@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "", "::1"])
@pytest.mark.parametrize("header", ["X-Remote-User", "X-Groups"])
def test_from_elsewhere_it_is_refused(sources, peer, header):
    with pytest.raises(NotFromProxyError, match="niet van de proxy"):
        ask(sources, (header, "redactie"), peer=peer)


def test_twice_is_refused(sources):
    with pytest.raises(NotFromProxyError, match="dubbel"):
        ask(sources, ("X-Remote-User", "jan"), ("x-remote-user", "beheerder"))
    with pytest.raises(NotFromProxyError, match="dubbel"):
        ask(sources, ("X-Remote-User", "jan"), ("X-Groups", "iets"), ("X-Groups", "redactie"))


@pytest.mark.parametrize("name", ["x" * 201, "jan\tpiet", "jan\u202e"])
def test_a_name_that_cannot_be_one_is_refused(sources, name):
    with pytest.raises(NotFromProxyError, match="niet te gebruiken"):
        ask(sources, ("X-Remote-User", name))


def test_groups_alone_name_nobody(sources):
    with pytest.raises(NotFromProxyError):
        ask(sources, ("X-Groups", "redactie"))


def test_a_groups_header_that_is_not_set_up_counts_for_nothing(sources):
    assert ask(sources, ("X-Remote-User", "jan"), ("X-Groups", "redactie"), roles_header="").roles == up_to("reader")
