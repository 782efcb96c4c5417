"""The files in deploy/ name only settings that exist, hold no secret, and agree with each other."""

from __future__ import annotations

import re

import pytest
import yaml

from rag.settings import Settings
from tests.scale.services import DEPLOY

FILES = sorted(p for p in DEPLOY.iterdir() if p.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_only_settings_that_exist_are_named(path):
    named = {name.lower() for name in re.findall(r"\bPPS_([A-Z][A-Z0-9_]*)", path.read_text(encoding="utf-8"))}
    assert named <= set(Settings.model_fields)


def test_secrets_come_from_outside_and_are_refused_where_they_are_missing():
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    given = {name: value for s in services.values() for name, value in s.get("environment", {}).items()}
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    for name, value in given.items():
        if name.removeprefix("PPS_").lower() in secret or "PASSWORD" in name:
            assert re.search(r"\$\{\w+:(?:\?.+|-)\}", value), name
    assert ":?" in given["POSTGRES_PASSWORD"] and ":?" in given["PPS_EMBED_SECRET"] and ":?" in given["PPS_DATABASE_URL"]


def test_replicas_have_time_to_finish_and_nginx_waits_longer_than_an_answer_takes():
    fields = Settings.model_fields
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    unit = (DEPLOY / "pps-adviseur@.service").read_text(encoding="utf-8")
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert int(compose["app"]["stop_grace_period"].rstrip("s")) > fields["stop_s"].default
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > fields["stop_s"].default
    assert int(re.findall(r"proxy_read_timeout (\d+)s", nginx)[0]) > fields["llm_local_timeout_s"].default
    assert compose["app"]["environment"]["PPS_TRUSTED_PROXIES"] == compose_network()


def compose_network() -> str:
    """The network in which nginx asks the replicas."""
    found = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return found["networks"]["inside"]["ipam"]["config"][0]["subnet"]
