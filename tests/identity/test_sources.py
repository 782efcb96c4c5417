"""What the settings must hold before others may reach the advisor. Nothing secret is ever filled in."""

import pytest
from pydantic import ValidationError

from rag.errors import ConfigurationError
from rag.identity.sources import check_address, check_start, is_loopback, sources_of
from rag.settings import Settings, get_settings

SECRET = "s" * 40
OIDC = {
    "oidc_issuer": "https://login.example.nl",
    "oidc_client_id": "pps",
    "oidc_client_secret": "geheim-van-de-dienst",
    "session_secret": SECRET,
    "public_url": "https://pps.example.nl",
}


def made(**values):
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_on_the_machine_itself_nothing_is_asked(host):
    assert check_start(made(host=host)).local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.4", "pps.example.nl", "127.0.0.1.example.nl", ""])
def test_reachable_by_others_without_identities_is_refused_with_the_choices(host):
    with pytest.raises(ConfigurationError) as error:
        check_start(made(host=host))
    for choice in ("PPS_OIDC_ISSUER", "PPS_SESSION_SECRET", "PPS_TRUSTED_HEADER", "PPS_TRUSTED_PROXIES", "PPS_API_KEYS=ja", "PPS_OPEN=ja"):
        assert choice in str(error.value)


@pytest.mark.parametrize(
    "values",
    [{"open": "ja"}, {"api_keys": "ja"}, {"trusted_header": "X-Remote-User", "trusted_proxies": ["10.0.0.5"]}, OIDC],
    ids=["open", "keys", "proxy", "oidc"],
)
def test_each_source_is_enough(values):
    sources = check_start(made(host="0.0.0.0", **values))
    assert not sources.local


def test_known_by_another_address_is_reachable_by_others_too():
    settings = made(public_url="https://pps.example.nl")
    with pytest.raises(ConfigurationError, match="PPS_PUBLIC_URL"):
        check_address(settings, check_start(settings))
    for allowed in (made(public_url="http://127.0.0.1:7860"), made(public_url="https://pps.example.nl", open="ja"), made()):
        check_address(allowed, check_start(allowed))


@pytest.mark.parametrize("missing", list(OIDC))
def test_a_login_that_is_set_in_part_is_refused_and_names_what_is_missing(missing):
    with pytest.raises(ConfigurationError, match=f"PPS_{missing.upper()}") as error:
        sources_of(made(**{k: v for k, v in OIDC.items() if k != missing}))
    assert SECRET not in str(error.value) and "geheim-van-de-dienst" not in str(error.value)


def test_a_login_service_without_https_is_refused_unless_it_is_on_this_machine():
    with pytest.raises(ConfigurationError, match="https"):
        sources_of(made(**{**OIDC, "oidc_issuer": "http://login.example.nl"}))
    assert sources_of(made(**{**OIDC, "oidc_issuer": "http://localhost:8080"})).oidc


def test_a_short_secret_is_refused():
    with pytest.raises(ValidationError):
        made(session_secret="kort")


def test_a_header_without_the_addresses_of_its_proxy_is_refused():
    with pytest.raises(ConfigurationError, match="PPS_TRUSTED_PROXIES"):
        sources_of(made(trusted_header="X-Remote-User"))
    with pytest.raises(ConfigurationError, match="PPS_TRUSTED_HEADER"):
        sources_of(made(trusted_roles_header="X-Groups"))


@pytest.mark.parametrize("proxies", ["0.0.0.0/0", "::/0", "proxy.example.nl", "10.0.0.5/8", "10.0.0.300"])
def test_proxies_that_are_everybody_or_nobody_are_refused(proxies):
    with pytest.raises(ConfigurationError, match="PPS_TRUSTED_PROXIES"):
        sources_of(made(trusted_header="X-Remote-User", trusted_proxies=[proxies]))


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.0.0.5", True),
        ("10.0.1.17", True),
        ("::ffff:10.0.0.5", True),
        ("10.0.0.6", False),
        ("10.0.2.1", False),
        ("", False),
        ("testclient", False),
    ],
)
def test_which_addresses_are_the_proxy(address, trusted):
    sources = sources_of(made(trusted_header="X-Remote-User", trusted_proxies=["10.0.0.5", "10.0.1.0/24"]))
    assert sources.trusts(address) is trusted


def test_the_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PPS_TRUSTED_PROXIES", "10.0.0.5, 10.0.1.0/24")
    monkeypatch.setenv("PPS_TRUSTED_HEADER", "X-Remote-User")
    monkeypatch.setenv("PPS_ROLES", '{"redactie": "editor"}')
    found = get_settings()
    assert found.trusted_proxies == ["10.0.0.5", "10.0.1.0/24"] and found.roles == {"redactie": "editor"}
    assert sources_of(found).header == "x-remote-user"


@pytest.mark.parametrize(
    ("name", "value"), [("PPS_ROLES", '{"x": "baas"}'), ("PPS_ROLES", "{"), ("PPS_OPEN", "misschien"), ("PPS_TRUSTED_HEADER", "X_User:")]
)
def test_a_setting_that_is_none_is_told(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        get_settings()


@pytest.mark.parametrize(
    ("host", "expected"), [("LOCALHOST", True), ("[::1]", True), ("localhost.example.nl", False), ("0.0.0.0", False), ("", False)]
)
def test_what_is_this_machine(host, expected):
    assert is_loopback(host) is expected
