"""Where identities come from, as the settings say; a setting that is half there is refused, never filled in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.errors import ConfigurationError
from rag.settings import Settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CHOICES = (
    "Kies ten minste één: inloggen bij uw organisatie (PPS_OIDC_ISSUER, PPS_OIDC_CLIENT_ID, PPS_OIDC_CLIENT_SECRET, PPS_SESSION_SECRET en "
    "PPS_PUBLIC_URL); een proxy die laat inloggen (PPS_TRUSTED_HEADER en PPS_TRUSTED_PROXIES); sleutels voor toepassingen "
    "(PPS_API_KEYS=ja); of een open intranet waarop iedereen lezer is (PPS_OPEN=ja). Zie docs/identiteit.md."
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What this advisor accepts as proof of who asks."""

    oidc: bool = False
    header: str = ""  # name of the header that a proxy sets, in lower case
    proxies: tuple[Network, ...] = ()
    keys: bool = False
    open: bool = False

    @property
    def local(self) -> bool:
        """Whether nothing is asked, which is only so on the machine of the advisor itself."""
        return not (self.oidc or self.header or self.keys or self.open)

    @property
    def personal(self) -> bool:
        """Whether people are known one by one, so that the shared password of editors is of no use."""
        return self.oidc or bool(self.header)

    def trusts(self, address: str) -> bool:
        """Whether `address` is one of the proxies. An IPv4 address written as IPv6 is the same address."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self.proxies)


def sources_of(settings: Settings) -> Sources:
    """The sources of the settings.

    Raises:
        ConfigurationError: a source is set in part; the message names what is missing.
    """
    return Sources(
        oidc=_oidc(settings),
        header=_header(settings),
        proxies=_proxies(settings),
        keys=settings.api_keys == "ja",
        open=settings.open == "ja",
    )


def check_start(settings: Settings) -> Sources:
    """Whether the advisor may start as it is set: others who can reach it must be known.

    Raises:
        ConfigurationError: they are not; the message says the choices.
    """
    sources = sources_of(settings)
    if sources.local and not is_loopback(settings.host):
        raise ConfigurationError(
            f"De adviseur luistert op {settings.host}, dus anderen kunnen hem openen, maar er is niet ingesteld wie dat mogen. {_CHOICES}"
        )
    return sources


def check_address(settings: Settings, sources: Sources) -> None:
    """The same for an advisor that listens on the machine itself but is known elsewhere by PPS_PUBLIC_URL: there is a proxy before it.

    Raises:
        ConfigurationError: others can reach it, and nobody has to be known.
    """
    if sources.local and settings.public_url and not is_loopback(urlsplit(settings.public_url).hostname or ""):
        raise ConfigurationError(
            f"Lezers openen de adviseur op {settings.public_url} (PPS_PUBLIC_URL), maar er is niet ingesteld wie dat mogen. {_CHOICES}"
        )


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine itself."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _oidc(settings: Settings) -> bool:
    asked = {
        "PPS_OIDC_ISSUER": settings.oidc_issuer,
        "PPS_OIDC_CLIENT_ID": settings.oidc_client_id,
        "PPS_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    if not any(asked.values()):
        return False
    asked |= {"PPS_SESSION_SECRET": settings.session_secret, "PPS_PUBLIC_URL": settings.public_url}
    missing = [name for name, value in asked.items() if not value]
    if missing:
        raise ConfigurationError(
            f"Voor inloggen bij uw organisatie ontbreekt: {', '.join(missing)}. Een geheim verzint de adviseur niet zelf; maak er een met: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    issuer = urlsplit(settings.oidc_issuer or "")
    if issuer.scheme != "https" and not (issuer.scheme == "http" and is_loopback(issuer.hostname or "")):
        raise ConfigurationError("PPS_OIDC_ISSUER begint niet met https://. Zonder dat kan een ander zich voordoen als uw inlogdienst.")
    return True


def _header(settings: Settings) -> str:
    if not settings.trusted_header:
        if settings.trusted_roles_header:
            raise ConfigurationError("PPS_TRUSTED_ROLES_HEADER werkt alleen samen met PPS_TRUSTED_HEADER, de kopregel met de naam.")
        return ""
    if not settings.trusted_proxies:
        raise ConfigurationError(
            "PPS_TRUSTED_HEADER is ingesteld zonder PPS_TRUSTED_PROXIES. Noem daarin de adressen van de proxy die deze kopregel zet: "
            "zonder dat kan iedereen zich voor een ander uitgeven."
        )
    return settings.trusted_header.lower()


def _proxies(settings: Settings) -> tuple[Network, ...]:
    made = []
    for text in settings.trusted_proxies:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            raise ConfigurationError(
                f"PPS_TRUSTED_PROXIES: {text} is geen adres of netwerk. Schrijf bijvoorbeeld 10.0.0.5 of 10.0.0.0/28."
            ) from None
        if network.prefixlen == 0:
            raise ConfigurationError(f"PPS_TRUSTED_PROXIES: {text} is elk adres ter wereld. Noem alleen de adressen van uw proxy.")
        made.append(network)
    return tuple(made)
