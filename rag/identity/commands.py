"""Command line: python -m rag keys | users | audit | db — for whoever runs the advisor."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import PpsError
from rag.identity.types import ROLES
from rag.settings import get_settings


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to those of `python -m rag`."""
    keys = commands.add_parser("keys", help="sleutels voor toepassingen die de adviseur gebruiken").add_subparsers(
        required=True, metavar="opdracht"
    )
    create = keys.add_parser("create", help="maak een sleutel; hij wordt één keer getoond")
    create.add_argument("name", metavar="naam", help="van welke toepassing de sleutel is")
    create.add_argument("--role", choices=ROLES, default="reader", help="rol van de toepassing (standaard reader)")
    create.add_argument("--days", type=int, default=365, metavar="N", help="dagen dat de sleutel werkt (standaard 365)")
    create.set_defaults(run=_create)
    listed = keys.add_parser("list", help="toon de sleutels, zonder hun geheim")
    listed.set_defaults(run=_list)
    revoke = keys.add_parser("revoke", help="trek een sleutel in")
    revoke.add_argument("key", metavar="id", help="het leesbare deel van de sleutel, zoals keys list het toont")
    revoke.set_defaults(run=_revoke)

    users = commands.add_parser("users", help="gegevens van een gebruiker").add_subparsers(required=True, metavar="opdracht")
    export = users.add_parser("export", help="geef als JSON alles waar deze gebruiker bij naam in staat")
    export.add_argument("subject", metavar="subject", help="gebruiker, zoals het logboek hem noemt")
    export.set_defaults(run=_export)
    erase = users.add_parser("erase", help="wis de vragen van deze gebruiker en zet verder een pseudoniem in zijn plaats, voorgoed")
    erase.add_argument("subject", metavar="subject", help="gebruiker, zoals het logboek hem noemt")
    erase.set_defaults(run=_erase)

    audit = commands.add_parser("audit", help="toon wat de redactie en beheerders deden, het nieuwste eerst")
    audit.add_argument("--limit", type=int, default=100, metavar="N", help="hoogstens zoveel regels (standaard 100)")
    audit.set_defaults(run=_audit)

    database = commands.add_parser("db", help="de database van de adviseur").add_subparsers(required=True, metavar="opdracht")
    upgrade = database.add_parser("upgrade", help="breng de tabellen naar de nieuwste vorm, bijvoorbeeld vóór replica's starten")
    upgrade.set_defaults(run=_upgrade)

    for command in (create, listed, revoke, export, erase, audit, upgrade):
        command.add_argument("--json", action="store_true", help="uitvoer als JSON")


@contextmanager
def _database() -> Iterator:
    from rag.store.database import Database

    made = Database(get_settings().database)
    try:
        yield made
    finally:
        made.close()


def _create(arguments: argparse.Namespace) -> int:
    from rag.store.audit import AT_THE_MACHINE
    from rag.store.keys import ApiKeys

    with _database() as database:
        key, kept = ApiKeys(database).create(arguments.name, arguments.role, arguments.days, AT_THE_MACHINE)
    if arguments.json:
        print(json.dumps({"key": key, **kept.as_dict()}, ensure_ascii=False))
        return 0
    print(key)
    print(f"Bewaar deze sleutel nu: hij wordt niet nog eens getoond. Hij werkt tot {kept.expires:%Y-%m-%d} met de rol {kept.role}.")
    print("Een toepassing stuurt hem mee als: Authorization: Bearer SLEUTEL")
    if get_settings().api_keys != "ja":
        print("Let op: de adviseur laat sleutels pas toe met PPS_API_KEYS=ja.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from rag.store.keys import ApiKeys

    with _database() as database:
        keys = [k.as_dict() for k in ApiKeys(database).listed()]
    if arguments.json:
        print(json.dumps({"keys": keys}, ensure_ascii=False))
        return 0
    for k in keys:
        used = f"laatst gebruikt op {k['last_used']}" if k["last_used"] else "nog niet gebruikt"
        print(f"{k['id']}  {k['state']:<12} {k['role']:<11} tot {(k['expires'] or '')[:10]}  {used}  {k['name']}")
    if not keys:
        print("Er zijn geen sleutels.")
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from rag.store.audit import AT_THE_MACHINE
    from rag.store.keys import ApiKeys

    with _database() as database:
        if not ApiKeys(database).revoke(arguments.key, AT_THE_MACHINE):
            raise PpsError(f"Er is geen werkende sleutel '{arguments.key}'. Bekijk ze met: python -m rag keys list")
    print(json.dumps({"revoked": arguments.key}) if arguments.json else f"Sleutel {arguments.key} is ingetrokken en werkt niet meer.")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from rag.store import erase
    from rag.store.audit import AT_THE_MACHINE

    with _database() as database:
        found = erase.export(database, arguments.subject, AT_THE_MACHINE)
    print(json.dumps(found, ensure_ascii=False, indent=None if arguments.json else 2))
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    from rag.store import erase
    from rag.store.audit import AT_THE_MACHINE

    with _database() as database:
        pseudonym, count = erase.erase(database, arguments.subject, AT_THE_MACHINE)
    if arguments.json:
        print(json.dumps({"pseudonym": pseudonym if count else None, "rows": count}, ensure_ascii=False))
    elif count:
        print(f"Vragen van de gebruiker zijn gewist; waar hij verder in stond, staat nu {pseudonym} ({count} regels). {erase.NOT_LINKED}")
    else:
        print(f"Van deze gebruiker is niets bewaard. {erase.NOT_LINKED}")
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from rag.store.audit import ACTS, AuditTrail

    with _database() as database:
        acts = AuditTrail(database, get_settings().audit_days).listed(limit=max(1, arguments.limit))
    if arguments.json:
        print(json.dumps({"acts": [a.as_dict() for a in acts]}, ensure_ascii=False))
        return 0
    for a in acts:
        about = " ".join(filter(None, (a.object, a.detail)))
        print(f"{a.as_dict()['moment']}  {a.actor.subject} ({a.actor.source}): {ACTS[a.act]}{f' [{about}]' if about else ''}")
    if not acts:
        print("Het logboek is leeg.")
    return 0


def _upgrade(arguments: argparse.Namespace) -> int:
    with _database() as database, database.session():
        pass  # whoever opens it brings it to the newest layout
    print(json.dumps({"upgraded": True}) if arguments.json else "De database heeft de nieuwste vorm.")
    return 0
