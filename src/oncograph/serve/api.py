"""The graph for programs: JSON over HTTP, described by OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from oncograph.errors import OncographError, QueryError
from oncograph.graph.describe import describe_claim, describe_document, describe_entity
from oncograph.graph.names import find_claim
from oncograph.graph.neighbourhood import (
    LONGEST_PATH,
    ClaimFilter,
    find_claims,
    find_neighbours,
    find_paths,
    group_claims,
)
from oncograph.graph.search import SEARCHED
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.vocabulary import list_classes, list_predicates
from oncograph.serve import api_models as models
from oncograph.serve.negotiation import is_known
from oncograph.serve.site import Site

MOST = 500
"""Longest list of an answer."""
FURTHEST = 10_000_000

PROBLEM = "application/problem+json"
DESCRIPTION = """
Reads the graph: entities, claims with their sentences, documents. Every answer is JSON; every error is a problem
(RFC 9457) that says what to do. Answers carry an ETag that changes when the graph does.

An entity may be given by its prefixed name (`entity:HER2`), its label, a synonym or an identifier (`HGNC:3430`).
Offsets count code points of a document's text.
"""

T = TypeVar("T")


class NotModifiedError(Exception):
    """The asker has the answer already."""


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the API below `/api`."""
    app.mount("/api", make_api(site))


def make_api(site: Site) -> FastAPI:
    """Make the application below `/api`."""
    api = FastAPI(
        title="oncograph",
        version="1",
        summary="A graph of oncology claims in which every fact shows its sentence.",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        responses={
            304: {"description": "The graph is the same as when the answer with this ETag was given."},
            404: {"description": "Nothing has this name, or that of a condition.", "model": models.Problem},
            422: {"description": "A parameter cannot be used.", "model": models.Problem},
        },
        exception_handlers={
            HTTPException: _say_problem,
            RequestValidationError: _say_invalid,
            OncographError: _say_refused,
            NotModifiedError: _say_not_modified,
        },
    )
    api.state.site = site
    api.add_middleware(
        CORSMiddleware,
        allow_origins=list(site.settings.origins),
        allow_methods=["GET"],
        allow_headers=["If-None-Match"],
        expose_headers=["ETag"],
    )
    _add_search(api)
    _add_entities(api)
    _add_claims(api)
    _add_documents(api)
    _add_ontology(api)
    api.openapi = lambda: _describe(api)  # type: ignore[method-assign]

    @api.get("/", response_class=HTMLResponse, include_in_schema=False)
    def show_documentation(request: Request) -> HTMLResponse:
        values = {"title": "API", "operations": _list_operations(api.openapi()), "api": api}
        return site.show(request, "api.html", values)

    return api


Limit = Annotated[int, Query(ge=1, le=MOST, description="How many are listed at most.")]
Offset = Annotated[int, Query(ge=0, le=FURTHEST, description="How many are passed over.")]
EntityName = Annotated[
    str,
    InPath(
        description="Prefixed name, label, synonym, identifier or IRI of an entity.",
        max_length=500,
        openapi_examples={"label": {"value": "HER2"}, "identifier": {"value": "HGNC:3430"}},
    ),
]


def _keep(
    predicate: Annotated[
        list[str] | None, Query(description="Relations, by name or label; of an inverse one, what it reads backwards.")
    ] = None,
    direction: Annotated[
        Literal["out", "in"] | None, Query(description="`out`: the entity is the subject; `in`: it is the object.")
    ] = None,
    polarity: Annotated[
        Literal["Affirmed", "Negated"] | None, Query(description="Only affirmed or only negated claims.")
    ] = None,
    certainty: Annotated[
        Literal["Stated", "Possible"] | None, Query(description="Only stated or only possible claims.")
    ] = None,
    confidence: Annotated[float, Query(ge=0, le=1, description="Lowest confidence.")] = 0.0,
    class_: Annotated[
        list[str] | None,
        Query(alias="class", description="Classes of the entity at the other end; their subclasses too."),
    ] = None,
    status: Annotated[
        Literal["Accepted", "Rejected", "Corrected", "None", "Any"] | None,
        Query(description="What a curator said; without it, all but the rejected and the corrected."),
    ] = None,
) -> ClaimFilter:
    return ClaimFilter(
        predicates=tuple(predicate or ()),
        direction=direction or "",
        polarity=polarity or "",
        certainty=certainty or "",
        confidence=confidence,
        classes=tuple(class_ or ()),
        status=status or "",
    )


Keep = Annotated[ClaimFilter, Depends(_keep)]


def _find(finder: Callable[..., T], *values: Any) -> T:
    """Find what the address names; what nothing has is not found."""
    try:
        return finder(*values)
    except QueryError as error:
        raise HTTPException(404, str(error)) from error


def _read_state(request: Request, response: Response) -> Snapshot:
    """Give the state of the graph that a request reads; one that the asker knows already is not read."""
    snapshot: Snapshot = request.app.state.site.live.snapshot
    tag = f'"{snapshot.id}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"
    if is_known(request.headers.get("if-none-match", ""), tag):
        raise NotModifiedError(tag)
    return snapshot


State = Annotated[Snapshot, Depends(_read_state)]


def _add_search(api: FastAPI) -> None:
    @api.get("/v1/search", tags=["search"], operation_id="search")
    def search(
        state: State,
        q: Annotated[str, Query(max_length=1000, description="What is typed; the last word may be unfinished.")],
        kind: Annotated[
            list[Literal["entity", "class", "claim", "document", "evidence"]] | None,
            Query(description="Only these kinds."),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=50, description="How many of each kind.")] = 5,
        offset: Annotated[int, Query(ge=0, le=10_000, description="How many of each kind are passed over.")] = 0,
    ) -> models.Found:
        """Find entities, classes, claims, documents and sentences by their words, as they are typed."""
        return models.found_of(q, state.index.search(q, kinds=tuple(kind or SEARCHED), most=limit, skip=offset))

    @api.get("/v1/summary", tags=["graph"], operation_id="summary")
    def summarise(state: State) -> models.Summary:
        """Give how much the graph holds."""
        counts = state.index.count()
        return models.Summary(
            state=state.id,
            entities=counts.entities,
            documents=counts.documents,
            sentences=counts.sentences,
            claims=counts.claims,
            negated=counts.negated,
            possible=counts.possible,
            claims_by_predicate=dict(counts.claims_by_predicate),
            entities_by_class=dict(counts.entities_by_class),
        )


def _add_entities(api: FastAPI) -> None:
    @api.get("/v1/entities/{name:path}/claims", tags=["entities"], operation_id="claimsOfEntity")
    def list_claims(
        request: Request,
        state: State,
        name: EntityName,
        keep: Keep,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> models.ClaimPage:
        """Give the claims that name an entity as subject or object, the surest first."""
        entity = _find(state.index.find_entity, name)
        page = find_claims(state.index, state.store, entity, keep, skip=offset, most=limit)
        return models.ClaimPage(
            total=page.total,
            offset=offset,
            limit=limit,
            next=_next(request, offset, limit, page.total),
            claims=tuple(models.claim_of(claim) for claim in page.claims),
        )

    @api.get("/v1/entities/{name:path}/neighbours", tags=["entities"], operation_id="neighboursOfEntity")
    def list_neighbours(
        state: State,
        name: EntityName,
        keep: Keep,
        limit: Limit = 50,
    ) -> models.Neighbourhood:
        """Give the entities that claims join to one, those with the surest claims first; the others are counted."""
        entity = _find(state.index.find_entity, name)
        return models.neighbourhood_of(find_neighbours(state.index, state.store, entity, keep, most=limit))

    @api.get("/v1/entities/{name:path}", tags=["entities"], operation_id="entity")
    def show_entity(state: State, name: EntityName) -> models.Entity:
        """Give the names, identifiers and classes of an entity, and how many claims there are of it."""
        entity = _find(state.index.find_entity, name)
        groups = group_claims(state.index, state.store, entity, most=0)
        found = describe_entity(state.store, entity, groups=groups)
        return models.entity_of(found, f"/api/v1/entities/{quote(found.thing.name, safe=':')}")

    @api.get("/v1/paths", tags=["entities"], operation_id="paths")
    def list_paths(
        state: State,
        start: Annotated[str, Query(alias="from", max_length=500, description="Name of an entity.")],
        end: Annotated[str, Query(alias="to", max_length=500, description="Name of another.")],
        keep: Keep,
        longest: Annotated[int, Query(ge=1, le=LONGEST_PATH, description="Most steps of a way.")] = LONGEST_PATH,
        limit: Annotated[int, Query(ge=1, le=100, description="How many ways are listed at most.")] = 20,
    ) -> models.Paths:
        """Give the shortest ways from one entity to another along affirmed claims, in either direction."""
        first, last = (_find(state.index.find_entity, name) for name in (start, end))
        wanted = keep if keep.polarity else replace(keep, polarity="Affirmed")
        return models.paths_of(find_paths(state.index, state.store, first, last, wanted, longest=longest, most=limit))


def _add_claims(api: FastAPI) -> None:
    @api.get("/v1/claims/{id:path}", tags=["claims"], operation_id="claim")
    def show_claim(
        state: State,
        id: Annotated[
            str, InPath(description="20 hexadecimal digits, prefixed name or IRI of a claim.", max_length=500)
        ],
    ) -> models.ClaimDetail:
        """Give a claim with every sentence that makes it."""
        return models.claim_detail_of(describe_claim(state.store, _find(find_claim, state.store, id)))


def _add_documents(api: FastAPI) -> None:
    @api.get("/v1/documents", tags=["documents"], operation_id="documents")
    def list_documents(
        request: Request,
        state: State,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> models.DocumentPage:
        """Give the documents, those with most claims first."""
        total = state.index.count().documents
        found = state.index.list_documents(skip=offset, most=limit)
        return models.DocumentPage(
            total=total,
            offset=offset,
            limit=limit,
            next=_next(request, offset, limit, total),
            documents=tuple(
                models.DocumentItem(document=models.thing_of(thing), claims=claims) for thing, claims in found
            ),
        )

    @api.get("/v1/documents/{name:path}", tags=["documents"], operation_id="document")
    def show_document(
        state: State,
        name: Annotated[str, InPath(description="Id, file name, title or IRI of a document.", max_length=500)],
    ) -> models.Document:
        """Give a document with its text and every claim it makes, by place."""
        return models.document_of(describe_document(state.store, _find(state.index.find_document, name)))


def _add_ontology(api: FastAPI) -> None:
    @api.get("/v1/classes", tags=["ontology"], operation_id="classes")
    def show_classes(state: State) -> models.ClassList:
        """Give the classes that entities can have."""
        counts = state.index.count().entities_by_class
        return models.ClassList(
            classes=tuple(
                models.ClassItem(
                    thing=models.thing_of(found.thing),
                    definition=found.definition,
                    parents=found.parents,
                    entities=counts.get(found.name, 0),
                )
                for found in list_classes(state.store)
            )
        )

    @api.get("/v1/predicates", tags=["ontology"], operation_id="predicates")
    def show_predicates(state: State) -> models.PredicateList:
        """Give the relations that claims can have."""
        counts = state.index.count().claims_by_predicate
        return models.PredicateList(
            predicates=tuple(
                models.PredicateItem(
                    thing=models.thing_of(found.thing),
                    definition=found.definition,
                    inverse=found.inverse,
                    claims=counts.get(found.name, 0),
                )
                for found in list_predicates(state.store)
            )
        )


def _next(request: Request, offset: int, limit: int, total: int) -> str | None:
    """Give the address of the next page, with the conditions of this one."""
    if offset + limit >= total or offset + limit > FURTHEST:
        return None
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"offset", "limit"}]
    return f"{quote(request.url.path)}?{urlencode([*kept, ('offset', offset + limit), ('limit', limit)])}"


def say_problem(status: int, detail: str, headers: Any = None) -> JSONResponse:
    """Answer with a problem (RFC 9457)."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(content, status, headers, PROBLEM)


async def _say_problem(_: Request, error: Any) -> Response:
    return say_problem(error.status_code, str(error.detail), error.headers)


async def _say_refused(_: Request, error: Any) -> Response:
    return say_problem(404, str(error))


async def _say_invalid(_: Request, error: Any) -> Response:
    said = "; ".join(f"{one['loc'][-1]}: {one['msg'][:1].lower()}{one['msg'][1:]}" for one in error.errors())
    return say_problem(422, f"{said}; /api/ says what each parameter takes")


async def _say_not_modified(_: Request, error: Any) -> Response:
    return Response(status_code=304, headers={"ETag": str(error), "Cache-Control": "no-cache"})


def _describe(api: FastAPI) -> dict[str, Any]:
    """Describe the API by OpenAPI; its errors have their own media type."""
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title,
            version=api.version,
            summary=api.summary,
            description=api.description,
            routes=api.routes,
            servers=[{"url": "/api"}],
        )
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response["content"] = {PROBLEM: response["content"]["application/json"]}
        api.openapi_schema = schema
    return api.openapi_schema


def _list_operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the operations as the documentation shows them."""
    return [
        {
            "method": method.upper(),
            "path": schema["servers"][0]["url"] + path,
            "description": operation["description"],
            "parameters": [
                {
                    "name": parameter["name"],
                    "required": parameter["required"],
                    "description": parameter.get("description", ""),
                    "values": _list_values(parameter["schema"]),
                }
                for parameter in operation.get("parameters", [])
            ],
        }
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _list_values(schema: dict[str, Any]) -> str:
    """Say what a parameter takes: its choices or its bounds and what it is without it."""
    for choice in (schema, *schema.get("anyOf", ())):
        wanted = choice.get("items", choice)
        if "enum" in wanted:
            return ", ".join(wanted["enum"])
    parts = [f"{schema['minimum']} to {schema['maximum']}"] if "minimum" in schema and "maximum" in schema else []
    parts += [f"{schema['default']} if not given"] if "default" in schema else []
    return ", ".join(parts)
