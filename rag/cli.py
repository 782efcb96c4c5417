"""Command line: python -m rag index | corpus | search | ask | serve | models | doctor. With --json one object on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rag.errors import PpsError
from rag.identity import commands as identity_commands
from rag.models import commands as model_commands
from rag.settings import Settings, get_settings
from rag.store import commands as store_commands
from rag.types import Answer, Filters, Hit


def main(argv: list[str] | None = None) -> int:
    """Run one command. 0 on success, 1 on a failure that is told, 2 on wrong usage, 130 when interrupted."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except PpsError as error:
        if getattr(arguments, "json", False):
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        print("Afgebroken.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="Adviseur over publiek-private samenwerking.")
    commands = parser.add_subparsers(required=True, metavar="opdracht")

    index = commands.add_parser("index", help="werk de index bij met de documenten in de corpusmap")
    index.add_argument("--corpus", type=Path, action="append", help="map met documenten (mag vaker)")
    index.add_argument("--rebuild", action="store_true", help="gooi de index weg en maak hem opnieuw")
    index.add_argument("--wait", type=float, default=0.0, metavar="S", help="wacht zoveel seconden op een ander proces")
    index.add_argument("--dry-run", action="store_true", help="toon wat er zou veranderen, en verander niets")
    index.set_defaults(run=_index)

    corpus = commands.add_parser("corpus", help="controleer of tel de documenten")
    parts = corpus.add_subparsers(required=True, metavar="onderdeel")
    check = parts.add_parser("check", help="zoek fouten: kenmerken, links, bronnen, dubbele tekst, verlopen data")
    check.add_argument("--corpus", type=Path, action="append", help="map met documenten (mag vaker)")
    check.set_defaults(run=_check)
    stats = parts.add_parser("stats", help="toon documenten, passages, domeinen en leeftijd")
    stats.set_defaults(run=_stats)
    forget = parts.add_parser("forget", help="haal oude teksten van een document voorgoed uit het archief")
    forget.add_argument("document", help="id van het document")
    forget.set_defaults(run=_forget)
    clear = parts.add_parser("clear-gaps", help="wis de bewaarde vragen zonder antwoord")
    clear.set_defaults(run=_clear_gaps)

    search = commands.add_parser("search", help="zoek passages")
    search.add_argument("question", metavar="vraag")
    search.add_argument("-k", type=int, default=10, help="aantal passages (standaard 10)")
    search.set_defaults(run=_search)

    ask = commands.add_parser("ask", help="stel een vraag")
    ask.add_argument("question", metavar="vraag")
    model = ask.add_mutually_exclusive_group()
    model.add_argument("--llm", metavar="SPEC", help="taalmodel: naam@adres, lokaal, lokaal:naam of llama.cpp:bestand.gguf")
    model.add_argument("--no-llm", action="store_true", help="zonder taalmodel, ook als er een is ingesteld")
    ask.set_defaults(run=_ask)

    for command in (search, ask):
        for name in ("domein", "rol", "fase", "soort"):
            command.add_argument(f"--{name}", action="append", default=[], help=f"alleen dit {name} (mag vaker)")

    serve = commands.add_parser("serve", help="start de chat")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.set_defaults(run=_serve)

    mcp = commands.add_parser("mcp", help="bied de adviseur aan als hulpmiddel voor assistenten (MCP, over standaardinvoer)")
    mcp.set_defaults(run=_mcp)

    model_commands.add_to(commands)
    identity_commands.add_to(commands)
    store_commands.add_to(commands)

    doctor = commands.add_parser("doctor", help="controleer wat er is geïnstalleerd en ingesteld")
    doctor.add_argument("--deep", action="store_true", help="controleer ook de inhoud van het lokale taalmodel (SHA-256)")
    doctor.set_defaults(run=_doctor)

    for command in (index, check, stats, forget, clear, search, ask, doctor):
        command.add_argument("--json", action="store_true", help="uitvoer als JSON")
    return parser


def _index(arguments: argparse.Namespace) -> int:
    from rag.knowledge.job import index_corpus

    settings = _with_corpus(arguments)
    if arguments.dry_run:
        return _dry_run(settings, arguments.json)
    report = index_corpus(settings, rebuild=arguments.rebuild, wait_s=arguments.wait, show_progress=not arguments.json)
    data = report.as_dict()
    if arguments.json:
        print(json.dumps(data, ensure_ascii=False))
    else:
        print(
            f"Klaar: {data['created']} nieuw, {data['updated']} gewijzigd, {data['skipped']} ongewijzigd, {data['deleted']} verwijderd. "
            f"De index bevat {data['documents']} documenten en {data['passages']} passages."
        )
    return _told(report.errors, "Niet ingelezen")


def _told(problems: list[dict[str, str]], lead: str) -> int:
    """Files that could not be used, one a line on standard error; the exit code that goes with them."""
    for problem in problems:
        print(f"{lead} — {problem['message']}", file=sys.stderr)
    return 1 if problems else 0


def _with_corpus(arguments: argparse.Namespace) -> Settings:
    settings = get_settings()
    return settings.model_copy(update={"corpus": arguments.corpus}) if arguments.corpus else settings


def _dry_run(settings: Settings, as_json: bool) -> int:
    from rag.knowledge.sync import compare

    report = compare(settings.corpus, settings.index_dir, settings.max_file_mb, settings.file_limit_s)
    if as_json:
        lists = {name: getattr(report, name) for name in ("created", "updated", "skipped", "deleted")}
        counts = {k: v for k, v in report.as_dict().items() if k not in ("passages", "corpus_version")}
        print(json.dumps({"dry_run": True, **counts, "ids": lists}, ensure_ascii=False))
    else:
        for label, ids in (("nieuw", report.created), ("gewijzigd", report.updated), ("verwijderd", report.deleted)):
            for i in ids:
                print(f"{label:<11} {i}")
        print(
            f"Proef: {len(report.created)} nieuw, {len(report.updated)} gewijzigd, {len(report.deleted)} verwijderd, "
            f"{len(report.skipped)} ongewijzigd. Er is niets veranderd."
        )
    return _told(report.errors, "Niet te lezen")


def _check(arguments: argparse.Namespace) -> int:
    from rag.knowledge.check import check

    settings = _with_corpus(arguments)
    result = check(settings.corpus, settings.max_file_mb, settings.file_limit_s)
    if arguments.json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        for f in result.findings:
            print(f"{f.level:<7} {f.where}: {f.message}")
        wrong = sum(f.level == "fout" for f in result.findings)
        told = f"{wrong} fout(en), {len(result.findings) - wrong} aandachtspunt(en)" if result.findings else "geen problemen gevonden"
        print(f"{result.documents} documenten, {result.passages} passages: {told}.")
    return 0 if result.ok else 1


def _stats(arguments: argparse.Namespace) -> int:
    from rag.knowledge.stats import stats
    from rag.knowledge.store import PassageStore

    found = stats(PassageStore(get_settings().index_dir))
    if not found.corpus_version:
        raise PpsError("Er is nog geen index. Maak hem met: python -m rag index")
    data = found.as_dict()
    if arguments.json:
        print(json.dumps(data, ensure_ascii=False))
        return 0
    print(f"{data['documents']} documenten, {data['passages']} passages; {data['archived_passages']} oude passages in het archief.")
    print(f"Corpusversie {data['corpus_version']}, bijgewerkt op {data['indexed_at']}.")
    for title, name in (("Soort", "soort"), ("Domein", "domein"), ("Status", "status"), ("Laatst gecontroleerd", "age")):
        print(f"\n{title}")
        for label, count in data[name].items():
            print(f"  {label:<24}{count:>6}")
    for i in data["overdue"]:
        print(f"Over de controledatum: {i}")
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    from rag.knowledge.lock import writer_lock
    from rag.knowledge.store import PassageStore

    settings = get_settings()
    with writer_lock(settings.index_dir):
        count = PassageStore(settings.index_dir).forget(arguments.document)
    print(json.dumps({"forgotten": count}) if arguments.json else f"{count} oude passage(s) van '{arguments.document}' verwijderd.")
    return 0


def _clear_gaps(arguments: argparse.Namespace) -> int:
    from rag.gaps import GapLog

    GapLog(get_settings().index_dir).clear()
    print(json.dumps({"cleared": True}) if arguments.json else "De bewaarde vragen zijn gewist.")
    return 0


def _search(arguments: argparse.Namespace) -> int:
    from rag.advisor import Advisor
    from rag.guard.question import has_words, normalise

    question = normalise(arguments.question)
    if not has_words(question):
        raise PpsError("U hebt geen zoekvraag ingevuld.")
    if arguments.k < 1:
        raise PpsError("Het aantal passages (-k) is ten minste 1.")
    advisor = Advisor.from_settings(no_llm=True)
    question = question[: advisor.settings.max_question_chars]
    hits = advisor.searcher.search(question, arguments.k, _filters(arguments))
    if arguments.json:
        print(json.dumps({"question": question, "passages": [h.as_dict() for h in hits]}, ensure_ascii=False))
    else:
        _print_hits(hits)
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    from rag.advisor import Advisor

    advisor = Advisor.from_settings(llm=arguments.llm, no_llm=arguments.no_llm)
    answer = advisor.ask(arguments.question, _filters(arguments))
    if arguments.json:
        print(json.dumps(answer.as_dict(), ensure_ascii=False))
    else:
        _print_answer(answer)
    return 1 if answer.status.startswith("error") else 0


def _serve(arguments: argparse.Namespace) -> int:
    from rag.web.server import serve

    changes = {k: v for k, v in (("host", arguments.host), ("port", arguments.port)) if v is not None}
    serve(get_settings().model_copy(update=changes))
    return 0


def _mcp(_: argparse.Namespace) -> int:
    from rag.advisor import Advisor
    from rag.mcp import serve

    serve(Advisor.from_settings())
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from rag.doctor import examine

    checks = examine(deep=arguments.deep)
    if arguments.json:
        print(json.dumps({"ok": all(c.ok for c in checks), "checks": [c.as_dict() for c in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            print(
                f"{'goed  ' if check.ok else 'FOUT  '} {check.name}: {check.found}" + (f"\n       {check.advice}" if check.advice else "")
            )
    return 0 if all(c.ok for c in checks) else 1


def _filters(arguments: argparse.Namespace) -> Filters:
    from typing import get_args

    from rag.knowledge.documents import Domein, Fase, Rol, Soort

    chosen = {}
    for name, kind in (("domein", Domein), ("rol", Rol), ("fase", Fase), ("soort", Soort)):
        values = tuple(v.lower() for v in getattr(arguments, name))
        unknown = [v for v in values if v not in get_args(kind)]
        if unknown:
            raise PpsError(f"--{name}: '{unknown[0]}' bestaat niet. Kies uit: {', '.join(get_args(kind))}.")
        chosen[name] = values
    return Filters(**chosen)


def _print_hits(hits: list[Hit]) -> None:
    if not hits:
        print("Niets gevonden.")
    for h in hits:
        scores = ", ".join(f"{k} {v:.2f}" for k, v in h.scores.items())
        page = f", bladzijde {h.passage.page}" if h.passage.page else ""
        print(f"{h.rank}. {h.passage.title} — {h.passage.section}{page}  ({h.score:.2f}; {scores})\n   {h.passage.text[:200]}\n")


def _print_answer(answer: Answer) -> None:
    print(answer.text)
    for choice in answer.choices:
        print(f"- {choice}")
    if answer.notice:
        print(f"\n{answer.notice}")
    for c in answer.citations:
        page = f", bladzijde {c.page}" if c.page else ""
        print(f"\n[{c.n}] {c.passage.title} — {c.section}{page}")
        for s in c.sources:
            print(f"    {s.title} ({s.publisher}, {s.date}) {s.url}")
    print(f"\n({answer.status}; {answer.model}; {answer.timings_ms.get('total', 0):.0f} ms)")
