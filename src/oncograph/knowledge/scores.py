"""The learned weights of `ontology/scores`: tables of a name and a number a line, sorted, so that changes show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oncograph.errors import OntologyError
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys
from oncograph.reading.confidence import ClaimWeights
from oncograph.reading.passages import CuePhrases, to_cue_phrases
from oncograph.reading.scoring import ROLES, RelationScorer

HEADER = "feature\tweight"
OWN = ("(bias)", "(threshold)")
"""Lines that are not about a feature."""
LEAN = "(leaning)"
"""What begins a line about other relations; the line of their bias is this alone."""


def load_score_cues(folder: Path) -> CuePhrases:
    """Load the words that tell which relation a sentence speaks of: `scores/cues.toml` of an ontology folder."""
    path = folder / "scores" / "cues.toml"
    if not path.is_file():
        raise OntologyError(f"{path}: no such file; it holds the words that scores are learned on")
    tables = load_tables(path)
    refuse_unknown_keys(tables, ("cues",), "scores/cues.toml")
    return to_cue_phrases(tables.get("cues", {}))


def load_relation_scorers(folder: Path) -> dict[str, RelationScorer]:
    """Load the weights of every relation that an ontology folder has some for."""
    scorers = {}
    for relation in ROLES:
        path = folder / "scores" / f"{relation}.tsv"
        if path.is_file():
            weights = load_weights(path)
            bias, threshold = (weights.pop(name, default) for name, default in zip(OWN, (0.0, 0.5), strict=True))
            others = [name for name in weights if name.startswith(LEAN)]
            leaning = {name.removeprefix(LEAN).lstrip(): weights.pop(name) for name in others}
            lean = leaning.pop("", 0.0)
            scorers[relation] = RelationScorer(weights, bias, threshold, leaning, lean)
    return scorers


def write_relation_scorers(scorers: Mapping[str, RelationScorer], folder: Path) -> list[Path]:
    """Write the weights of relations into an ontology folder, a file each."""
    paths = []
    for relation, scorer in scorers.items():
        path = folder / "scores" / f"{relation}.tsv"
        own = {OWN[0]: scorer.bias, OWN[1]: scorer.threshold}
        if scorer.leaning:
            own |= {LEAN: scorer.lean, **{f"{LEAN} {name}": weight for name, weight in scorer.leaning.items()}}
        write_weights(own | dict(scorer.weights), path)
        paths.append(path)
    return paths


def load_claim_weights(folder: Path) -> ClaimWeights:
    """Load what was learned about how sure claims are; nothing where an ontology folder has no `scores/claims.tsv`."""
    path = folder / "scores" / "claims.tsv"
    if not path.is_file():
        return ClaimWeights({})
    weights = load_weights(path)
    bias = weights.pop(OWN[0], 0.0)
    return ClaimWeights(weights, bias)


def write_claim_weights(learned: ClaimWeights, folder: Path) -> Path:
    """Write what was learned about how sure claims are into an ontology folder."""
    path = folder / "scores" / "claims.tsv"
    write_weights({OWN[0]: learned.bias, **learned.weights}, path)
    return path


def load_weights(path: Path) -> dict[str, float]:
    """Load a table of weights.

    Raises:
        OntologyError: Names file, line and mistake.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != HEADER:
        raise OntologyError(f"scores/{path.name}: line 1: the columns must be feature and weight, separated by a tab")
    weights = {}
    for number, line in enumerate(lines[1:], 2):
        name, _, weight = line.rpartition("\t")
        try:
            weights[name] = float(weight)
        except ValueError as error:
            raise OntologyError(f"scores/{path.name}: line {number}: {weight!r} is no number") from error
    return weights


def write_weights(weights: Mapping[str, float], path: Path) -> None:
    """Write a table of weights, by name."""
    rows = "".join(f"{name}\t{weight:g}\n" for name, weight in sorted(weights.items()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}\n{rows}", encoding="utf-8")
