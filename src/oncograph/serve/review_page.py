"""The page on which curators go through what nobody has decided on, at /curation/review."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from oncograph.errors import QueryError
from oncograph.graph.describe import ClaimSummary
from oncograph.graph.explain import Support, explain_claim
from oncograph.graph.journal import JOURNAL, Decision, Journal, find_undone
from oncograph.graph.reviewing import ORDERS, ReviewFilter, ReviewQueue, find_unreviewed
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.terms import CLAIM
from oncograph.graph.things import find_resource
from oncograph.graph.vocabulary import list_predicates
from oncograph.serve import things
from oncograph.serve.addresses import link_claim
from oncograph.serve.site import Site

A_PAGE = 20
LAST_PAGE = 500
SENTENCES = 2
"""How many of a claim the page shows."""
CHOICES = {
    "order": {"least": "least sure first", "surest": "surest first", "most": "said by most documents first"},
    "certainty": {"": "stated or possible", "stated": "stated", "possible": "possible"},
}
FILTERS = ("entity", "predicate", "certainty", "order")
assert CHOICES["order"].keys() == ORDERS.keys()


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the page to an application."""

    @app.get("/curation/review", response_class=HTMLResponse)
    def review(request: Request) -> Response:
        snapshot = site.live.snapshot
        asked = {name: request.query_params.get(name, "")[:200] for name in FILTERS}
        number = min(things.read_page(request.query_params.get("page", "")), LAST_PAGE)
        message, status = "", 200
        try:
            queue = find_unreviewed(
                snapshot.index, snapshot.store, ReviewFilter(**asked), skip=(number - 1) * A_PAGE, most=A_PAGE
            )
        except QueryError as error:
            queue, message, status = ReviewQueue((), 0, 0), str(error), 400
        counts = snapshot.index.count().claims_by_predicate
        relations = {term.name: term.thing.label for term in list_predicates(snapshot.store) if counts.get(term.name)}
        values = {
            "title": "Review",
            "asked": asked,
            "choices": CHOICES | {"predicate": {"": "every relation"} | relations},
            "queue": queue,
            "left": queue.total - queue.reviewed,
            "claims": [
                (
                    claim,
                    explain_claim(snapshot.store, find_resource(snapshot.store, claim.iri), most=SENTENCES).supports,
                )
                for claim in queue.claims
            ],
            "link_id": lambda iri: link_claim(iri.removeprefix(CLAIM)),
            "last": _find_last(Journal(site.live.folder / JOURNAL).read()),
            "message": message,
            "page_number": number,
            "more": number * A_PAGE < queue.total - queue.reviewed and number < LAST_PAGE,
            "address": "/curation/review?" + urlencode(asked) + "&",
        }
        return site.show(request, "review.html", values, status=status)


def _explain(snapshot: Snapshot, claim: ClaimSummary) -> tuple[Support, ...]:
    return explain_claim(snapshot.store, find_resource(snapshot.store, claim.iri), most=SENTENCES).supports


def _find_last(decisions: Sequence[Decision]) -> Decision | None:
    """Give the last decision that was not taken back."""
    undone = find_undone(decisions)
    return next((one for one in reversed(decisions) if one.action != "undo" and one.id not in undone), None)
