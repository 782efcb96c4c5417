"""/docs: the API to read, made of its own OpenAPI description, without a script and without another machine."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from rag import __version__
from rag.web.problems import API, MEDIA, Problem, title_of
from rag.web.render import templates

ABOUT = (
    "Answers questions on publiek-private samenwerking against crime, from its corpus only: every sentence cites a passage. "
    "Whatever goes wrong comes as application/problem+json, whose `detail` may be shown to a reader. Replies of the API carry "
    "RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (seconds); with 429 and 503 comes Retry-After (seconds). "
    "Texts for readers are Dutch, or English where the question is."
)


def install(app: FastAPI) -> None:
    """Give `app` its description (with every refusal as a problem) and the page."""

    def described() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = described
    router = APIRouter(include_in_schema=False)

    @router.get("/docs", response_class=HTMLResponse)
    def docs() -> HTMLResponse:
        return HTMLResponse(templates().get_template("docs_api.html").render(groups=groups(described()), about=ABOUT, language="en"))

    app.include_router(router)


def _described(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title="PPS-adviseur", version=__version__, description=ABOUT, routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    wrong = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(wrong.pop("$defs", {}))
    schemas["Problem"] = wrong
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for path, _, operation in _operations(made):
        replies = operation["responses"]
        always = (("400", "413") if "requestBody" in operation else ()) + (("429",) if path.startswith(API) else ())
        for status in always:  # of every such route, whether or not it says so itself
            replies.setdefault(status, {"description": title_of(int(status))})
        for status, told in replies.items():
            if status == "422" or (status >= "400" and "content" not in told):
                told["content"] = {MEDIA: reference}
                told["description"] = title_of(422) if status == "422" else told["description"]
        operation["responses"] = dict(sorted(replies.items()))
    return made


def _operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, op) for path, methods in schema["paths"].items() for method, op in methods.items() if "responses" in op]


def groups(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations as the page shows them, by their first tag."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, method, op in _operations(schema):
        body = op.get("requestBody", {}).get("content", {})
        found.setdefault((op.get("tags") or ["Other"])[0], []).append(
            {
                "id": op["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": op.get("summary", ""),
                "about": op.get("description", ""),
                "parameters": [_parameter(p) for p in op.get("parameters", [])],
                "body": [(kind, _fields(schema, content.get("schema", {}))) for kind, content in body.items()],
                "replies": [_reply(status, reply) for status, reply in op["responses"].items()],
            }
        )
    return [{"name": name, "operations": ops} for name, ops in found.items()]


def _parameter(p: dict[str, Any]) -> dict[str, Any]:
    about = p.get("description", "")
    return {"name": p["name"], "where": p["in"], "kind": _kind(p.get("schema", {})), "needed": p.get("required"), "about": about}


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    name = part.get("$ref", "").rpartition("/")[2]
    model = schema["components"]["schemas"].get(name, part)
    needed = model.get("required", [])
    return [
        {"name": field, "kind": _kind(value), "needed": field in needed, "about": value.get("description", "")}
        for field, value in model.get("properties", {}).items()
    ]


def _kind(part: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in part:
        return part["$ref"].rpartition("/")[2]
    if "anyOf" in part:
        return " or ".join(_kind(p) for p in part["anyOf"])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"list of {_kind(part.get('items', {}))}"
    return part.get("type", "anything")


def _reply(status: str, reply: dict[str, Any]) -> dict[str, Any]:
    examples = [
        (kind, content["example"] if isinstance(content["example"], str) else json.dumps(content["example"], ensure_ascii=False, indent=2))
        for kind, content in reply.get("content", {}).items()
        if "example" in content
    ]
    return {"status": status, "about": reply["description"], "kinds": list(reply.get("content", {})), "examples": examples}
