"""Every setting, typed, in one place. Read from the environment (prefix PPS_) or a file .env."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.embeds.origins import parse_origins
from rag.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Values come from PPS_* variables; the defaults work on a machine without internet."""

    model_config = SettingsConfigDict(env_prefix="PPS_", env_file=".env", extra="ignore")

    corpus: Annotated[list[Path], NoDecode] = Field(
        [ROOT / "corpus"], description="Mappen met documenten, gescheiden door een dubbele punt (:)"
    )
    index_dir: Path = Field(ROOT / "data" / "index", description="Map waarin de index staat")
    chroma_url: str | None = Field(None, description="Adres van een Chroma-server, bijvoorbeeld http://127.0.0.1:8000")
    embedding_model: str = Field("use-multilingual", description="use-multilingual, of naam of pad van een sentence-transformers-model")
    reranker: str | None = Field(None, description="Naam of pad van een CrossEncoder; leeg is geen reranker")
    verifier: str | None = Field(
        None, description="Controle van zinnen: leeg is de ingebouwde, of naam of pad van een CrossEncoder voor entailment, of llm"
    )
    llm: str | None = Field(
        None, description="Taalmodel: naam@adres, bijvoorbeeld gpt-nl@http://127.0.0.1:8080/v1, of lokaal, of llama.cpp:bestand.gguf"
    )
    llm_api_key: SecretStr | None = Field(None, description="Sleutel voor het taalmodel, als dat er een vraagt")
    llm_headers: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {}, description='Extra kopregels voor het taalmodel als JSON, bijvoorbeeld {"api-key": "…"}'
    )
    llm_query: Annotated[dict[str, str], NoDecode] = Field(
        {}, description='Extra parameters in het adres van het taalmodel als JSON, bijvoorbeeld {"api-version": "…"}'
    )
    llm_timeout_s: float = Field(60.0, gt=0, description="Seconden die een antwoord van het taalmodel mag duren")
    llm_first_s: float = Field(45.0, gt=0, description="Seconden waarbinnen het taalmodel met zijn antwoord begint")
    llm_local_timeout_s: float = Field(
        120.0, gt=0, description="Seconden die een antwoord van een taalmodel op deze machine mag duren; zonder videokaart is dat langzaam"
    )
    models_dir: Path = Field(ROOT / "data" / "models", description="Map met taalmodellen die op deze machine draaien")
    llm_context: int = Field(4096, ge=512, description="Tokens die vraag, passages en antwoord samen mogen tellen (lokaal taalmodel)")
    llm_parallel: int = Field(1, ge=1, le=16, description="Vragen die het lokale taalmodel tegelijk beantwoordt; meer wachten op hun beurt")
    host: str = Field("127.0.0.1", description="Adres waarop de chat luistert")
    port: int = Field(7860, ge=0, le=65535, description="Poort van de chat")
    threads: int = Field(
        min(2, os.cpu_count() or 1), ge=1, description="Rekendraden bij het indexeren en van een lokaal taalmodel (nooit meer dan kernen)"
    )
    max_question_chars: int = Field(2000, ge=100, description="Langste vraag in tekens")
    max_file_mb: int = Field(200, ge=1, description="Grootste bestand dat wordt ingelezen, in megabytes")
    file_limit_s: float = Field(60.0, gt=0, description="Seconden die het lezen van één bestand mag duren")

    organisation: str | None = Field(
        None,
        max_length=200,
        description="Naam van de organisatie die deze adviseur aanbiedt en ervoor verantwoordelijk is, voor de pagina over",
    )
    contact: str | None = Field(
        None, max_length=300, description="Waar lezers die organisatie bereiken: een e-mailadres, een webadres (https://…) of een zin"
    )
    keep_gaps: bool = Field(True, description="Vragen zonder antwoord bewaren voor de pagina kennisgaten, zonder namen en nummers")
    database_url: SecretStr | None = Field(
        None, description="Database voor wat wordt bewaard, bijvoorbeeld postgresql+psycopg://…; leeg is SQLite naast de index"
    )
    feedback: Literal["uit", "zonder_vraag", "met_vraag"] = Field(
        "met_vraag", description="Terugkoppeling van lezers: uit, zonder de tekst van vraag en zin, of met die tekst; altijd gemaskeerd"
    )
    feedback_days: int = Field(180, ge=1, le=3650, description="Dagen dat terugkoppeling wordt bewaard; daarna wordt zij gewist")
    questions: Literal["uit", "zonder_tekst", "met_tekst"] = Field(
        "uit", description="Vragen bewaren: uit, zonder tekst (moment, uitkomst, tijden en documenten), of met de gemaskeerde tekst"
    )
    questions_days: int = Field(90, ge=1, le=3650, description="Dagen dat vragen worden bewaard; daarna worden zij gewist")
    editor_password: SecretStr | None = Field(
        None, min_length=12, description="Wachtwoord voor /terugkoppeling; zonder wachtwoord opent die pagina alleen op deze machine"
    )
    embed_secret: SecretStr | None = Field(
        None,
        min_length=32,
        description="Geheim achter de adressen van ingesloten antwoorden, ten minste 32 tekens; nodig bij een databaseserver. "
        "Leeg is een eigen geheim in een bestand naast de database",
    )
    embed_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Websites die de chat mogen insluiten, gescheiden door spaties, bijvoorbeeld https://intranet.example.nl"
    )
    rate_per_minute: int = Field(
        120, ge=0, description="Verzoeken per minuut die één lezer of toepassing aan de API mag doen; 0 is onbeperkt"
    )
    questions_at_once: int = Field(
        4, ge=1, le=32, description="Vragen aan de API die tegelijk worden beantwoord; meer wachten op hun beurt"
    )
    questions_waiting: int = Field(
        50, ge=0, le=1000, description="Vragen aan de API die mogen wachten; wie dan nog komt, hoort wanneer het weer kan"
    )
    answers_minutes: int = Field(
        15,
        ge=0,
        le=1440,
        description="Minuten dat een antwoord is terug te lezen: uit het geheugen, en met PPS_QUESTIONS=met_tekst uit de database; "
        "0 is niet",
    )
    stop_s: float = Field(30.0, ge=0, description="Seconden die lopende antwoorden krijgen als de adviseur wordt gestopt")
    log_format: Literal["tekst", "json"] = Field(
        "tekst", description="Vorm van de logboeken: tekst, of json met elk verzoek, zonder vragen"
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#]+(?:/[^\s?#]*)?$",
        description="Adres waaronder lezers de adviseur openen: voor links in een export, en nodig achter een proxy",
    )

    oidc_issuer: str | None = Field(None, description="Adres van de inlogdienst (OpenID Connect), zoals die het zelf noemt")
    oidc_client_id: str | None = Field(None, description="Naam waaronder de adviseur bij de inlogdienst bekend is")
    oidc_client_secret: SecretStr | None = Field(None, description="Geheim van de adviseur bij de inlogdienst")
    oidc_scopes: str = Field("openid profile", description="Wat de adviseur de inlogdienst vraagt; openid hoort erbij")
    oidc_roles_claim: str = Field("roles", description="Gegeven van de inlogdienst met groepen of rollen, zoals realm_access.roles")
    session_secret: SecretStr | None = Field(
        None, min_length=32, description="Geheim waarmee de adviseur sessies ondertekent, gelijk op alle replica's"
    )
    session_hours: int = Field(8, ge=1, le=24, description="Uren dat een lezer ingelogd blijft")
    trusted_header: str | None = Field(
        None, pattern=r"^[A-Za-z][A-Za-z0-9-]{2,60}$", description="Kopregel waarin uw proxy zegt wie er vraagt, bijvoorbeeld X-Remote-User"
    )
    trusted_roles_header: str | None = Field(
        None, pattern=r"^[A-Za-z][A-Za-z0-9-]{2,60}$", description="Kopregel van uw proxy met groepen, gescheiden door komma's"
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        [], description="Adressen of netwerken van uw proxy, gescheiden door komma's; alleen daarvan gelden zijn kopregels"
    )
    roles: Annotated[dict[str, Literal["reader", "editor", "maintainer"]], NoDecode] = Field(
        {"*": "reader"},
        description='Welke groep welke rol geeft, als JSON; * is iedereen die is ingelogd: {"*": "reader", "redactie": "editor"}',
    )
    api_keys: Literal["nee", "ja"] = Field("nee", description="Sleutels voor toepassingen toelaten (python -m rag keys)")
    open: Literal["nee", "ja"] = Field("nee", description="Open intranet: wie niet is ingelogd, is lezer")
    audit_days: int = Field(365, ge=30, le=3650, description="Dagen dat het logboek van de redactie wordt bewaard")

    @field_validator("corpus", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        return [Path(p) for p in value.split(os.pathsep) if p] if isinstance(value, str) else value

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return parse_origins(value) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("llm_headers", "llm_query", "roles", mode="before")
    @classmethod
    def _read_json(cls, value: object) -> object:
        try:
            return json.loads(value or "{}") if isinstance(value, str) else value
        except ValueError:
            raise ValueError('dit is geen JSON; schrijf bijvoorbeeld {"naam": "waarde"}') from None

    @field_validator(
        "chroma_url",
        "reranker",
        "verifier",
        "llm",
        "database_url",
        "editor_password",
        "embed_secret",
        "public_url",
        "organisation",
        "contact",
        "oidc_issuer",
        "oidc_client_id",
        "oidc_client_secret",
        "session_secret",
        "trusted_header",
        "trusted_roles_header",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @property
    def database(self) -> str:
        """The address of the database. Not inside the index, which may be thrown away."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.index_dir.parent / 'adviseur.sqlite').resolve()}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: a value cannot be used; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"PPS_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"Een instelling klopt niet. {problems}") from error
