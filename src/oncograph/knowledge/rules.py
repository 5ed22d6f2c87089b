"""The rules of `ontology/rules`: how relations are said and how names are built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from oncograph.errors import OntologyError
from oncograph.knowledge.cues import CueTable
from oncograph.knowledge.inflection import inflect
from oncograph.knowledge.ontology import Ontology
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys
from oncograph.model import Certainty, Example, Polarity, Rule
from oncograph.reading.names import NameRule
from oncograph.reading.patterns import Codebook, Pattern, PatternError, Slot, compile_pattern
from oncograph.reading.qualifiers import QualifierRule
from oncograph.reading.relations import RelationRule

RULE_KEYS = (
    "id", "label", "predicate", "confidence", "patterns", "verbs", "agent", "constructions", "subject", "object",
    "unknown", "polarity", "certainty", "negated_as", "presupposed", "general_object", "first_object", "whole_list",
    "subject_name", "subject_class", "elsewhere", "named", "one_subject", "of_class",
    "among", "not_among", "mutual", "general_is_topic", "unless_denied", "if_known", "unless_named",
    "last_subject", "last_object",
    "excluded", "object_is", "topic_only", "example", "counterexample",
)  # fmt: skip
NAME_KEYS = (
    "id", "label", "name", "class", "patterns", "broader", "states", "follow", "confidence",
    "example", "counterexample",
)  # fmt: skip
QUALIFIER_KEYS = ("id", "label", "qualifier", "patterns", "values", "not_of", "among", "example", "counterexample")
IDENTITY = frozenset({"isA", "hasSynonym"})
WORDS = re.compile(r"(?<![A-Za-z@:=])[a-z]+(?![A-Za-z])")
EXAMPLE_KEYS = ("text", "claims", "topic")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The compiled rules, each with one of its patterns, and the descriptions of all rules by identifier.

    Attributes:
        identities: Rules on what things are and are called; tried before `relations`.
        parentheses: Rules that speak of parentheses; tried before those are taken out.
    """

    relations: list[tuple[RelationRule, Pattern]]
    identities: list[tuple[RelationRule, Pattern]]
    parentheses: list[tuple[RelationRule, Pattern]]
    names: list[tuple[NameRule, Pattern]]
    qualifiers: list[tuple[QualifierRule, Pattern]]
    rules: dict[str, Rule]

    def all_relations(self) -> list[tuple[RelationRule, Pattern]]:
        """Give the rules of all three lists as one."""
        return [*self.identities, *self.parentheses, *self.relations]


def find_words(folder: Path, cues: CueTable) -> frozenset[str]:
    """Find every word that a rule of `ontology/rules/*.toml`, or a cue, asks for."""
    found = {word for phrases in cues.phrases.values() for phrase in phrases for word in phrase}
    for path in folder.glob("*.toml"):
        table = load_tables(path)
        found.update(WORDS.findall(" ".join(table.get("constructions", {}).values())))
        for entry in (*table.get("name", []), *table.get("rule", []), *table.get("qualifier", [])):
            found.update(WORDS.findall(" ".join(entry.get("patterns", []))))
            for verb in entry.get("verbs", []):
                found.update(word for form in astuple(inflect(verb, cues.irregular)) for word in form.split())
    return frozenset(found)


def load_rules(folder: Path, ontology: Ontology, book: Codebook, cues: CueTable) -> RuleBook:
    """Load and compile every rule of `ontology/rules/*.toml`, written as the `README.md` beside them says."""
    loaded = RuleBook([], [], [], [], [], {})
    constructions: dict[str, str] = {}
    further: dict[str, str] = {}
    tables = {path: load_tables(path) for path in sorted(folder.glob("*.toml"))}
    for table in tables.values():
        constructions.update(table.get("constructions", {}))
        further.update(table.get("further", {}))
    for path, table in tables.items():
        where = f"{folder.name}/{path.name}"
        refuse_unknown_keys(table, ("constructions", "further", "rule", "name", "qualifier", "builtin"), where)
        for entry in table.get("name", []):
            _add_name_rule(entry, where, book, loaded)
        for entry in table.get("rule", []):
            _add_relation_rule(entry, where, ontology, book, cues, (constructions, further), loaded)
        for entry in table.get("qualifier", []):
            _add_qualifier_rule(entry, where, ontology, book, loaded)
        for entry in table.get("builtin", []):
            refuse_unknown_keys(entry, RULE_KEYS, f"{where}: {entry.get('id')}")
            _describe(entry, where, entry["predicate"], (), loaded)
    return loaded


def _describe(
    entry: Mapping[str, Any], where: str, predicate: str, patterns: tuple[str, ...], loaded: RuleBook
) -> Rule:
    identifier = entry.get("id", "")
    if not identifier or identifier in loaded.rules:
        raise OntologyError(f"{where}: rule {identifier!r} has no id of its own; give it one that no other rule has")
    if not entry.get("example"):
        raise OntologyError(f"{where}: rule {identifier} has no example; add one sentence it must match")
    rule = Rule(
        identifier,
        entry.get("label", identifier),
        predicate,
        float(entry.get("confidence", 0.8)),
        patterns,
        _examples(entry, "example", where),
        _examples(entry, "counterexample", where),
    )
    loaded.rules[identifier] = rule
    return rule


def _examples(entry: Mapping[str, Any], key: str, where: str) -> tuple[Example, ...]:
    examples = []
    for example in entry.get(key, []):
        refuse_unknown_keys(example, EXAMPLE_KEYS, f"{where}: {entry['id']}: {key}")
        examples.append(Example(example["text"], tuple(example.get("claims", ()))))
    return tuple(examples)


def _add_relation_rule(
    entry: Mapping[str, Any],
    where: str,
    ontology: Ontology,
    book: Codebook,
    cues: CueTable,
    constructions: tuple[Mapping[str, str], Mapping[str, str]],
    loaded: RuleBook,
) -> None:
    name = f"{where}: rule {entry.get('id')}"
    refuse_unknown_keys(entry, RULE_KEYS, name)
    predicate = ontology.predicates.get(entry.get("predicate", ""))
    if predicate is None:
        raise OntologyError(f"{name}: predicate {entry.get('predicate')!r} is not in ontology.ttl")
    texts = list(entry.get("patterns", ()))
    for verb in entry.get("verbs", ()):
        texts += _conjugate(verb, entry, cues, constructions)
    everything = tuple(ontology.classes)
    slots = {
        "subject": Slot("subject", tuple(entry.get("subject", predicate.domain)) or everything),
        "object": Slot(
            "object", tuple(entry.get("object", predicate.range)) or everything, nouns=predicate.name == "isA"
        ),
    }
    if predicate.literal:
        slots["object"] = Slot("object", ())
    rule = _describe(entry, where, predicate.name, tuple(texts), loaded)
    compiled = tuple(_compile(text, book, slots, name) for text in texts)
    relation = RelationRule(
        rule,
        predicate.literal,
        entry.get("unknown", ""),
        Polarity(entry.get("polarity", "Affirmed")),
        Certainty(entry.get("certainty", "Stated")),
        entry.get("negated_as", ""),
        entry.get("presupposed", False),
        entry.get("general_object", False),
        entry.get("first_object", False),
        entry.get("whole_list", False),
        entry.get("subject_name", ""),
        entry.get("subject_class", ""),
        frozenset(entry.get("among", ())),
        frozenset(entry.get("not_among", ())),
        entry.get("mutual", False),
        entry.get("general_is_topic", False),
        entry.get("last_subject", False),
        entry.get("last_object", False),
        frozenset(below for name in entry.get("excluded", ()) for below in ontology.descendants(name)),
        entry.get("object_is", ""),
        entry.get("topic_only", False),
        entry.get("elsewhere", ""),
        entry.get("named", False),
        entry.get("one_subject", False),
        entry.get("of_class", False),
        entry.get("unless_denied", False),
        entry.get("if_known", False),
        entry.get("unless_named", ""),
    )
    for pattern in compiled:
        _choose_list(pattern, relation, loaded).append((relation, pattern))


def _choose_list(pattern: Pattern, relation: RelationRule, loaded: RuleBook) -> list[tuple[RelationRule, Pattern]]:
    """Rules on parentheses are tried first, then those on what things are, then all others on what is left."""
    if "(" in pattern.text.split() or "!(" in pattern.text.split():
        return loaded.parentheses
    return loaded.identities if relation.rule.predicate in IDENTITY else loaded.relations


def _conjugate(
    verb: str, entry: Mapping[str, Any], cues: CueTable, constructions: tuple[Mapping[str, str], Mapping[str, str]]
) -> list[str]:
    """Write out the constructions of a verb: active, passive, participle, gerund, or those that its rule names."""
    usual, further = constructions
    forms = inflect(verb, cues.irregular)
    agent = entry.get("agent", "subject")
    theme = "object" if agent == "subject" else "subject"
    chosen = entry.get("constructions", list(usual))
    texts = []
    for name in chosen:
        text = (usual.get(name) or further[name]).replace("<agent>", f"<{agent}>").replace("<theme>", f"<{theme}>")
        for field, words in (
            ("{finite}", "|".join(forms.finite)),
            ("{participle}", forms.participle),
            ("{gerund}", forms.gerund),
        ):
            text = text.replace(field, words.replace(" ", "_"))
        texts.append(text)
    return texts


def _compile(text: str, book: Codebook, slots: Mapping[str, Slot], name: str) -> Pattern:
    try:
        return compile_pattern(text, book, slots)
    except (PatternError, KeyError) as error:
        raise OntologyError(f"{name}: {error}") from error


def _add_name_rule(entry: Mapping[str, Any], where: str, book: Codebook, loaded: RuleBook) -> None:
    name = f"{where}: name rule {entry.get('id')}"
    refuse_unknown_keys(entry, NAME_KEYS, name)
    statements = []
    for statement in entry.get("states", ()):
        subject, predicate, target, *polarity = statement.split()
        statements.append((subject, predicate, target, "Negated" if polarity == ["negated"] else "Affirmed"))
    texts = tuple(entry["patterns"])
    _describe(entry, where, statements[0][1] if statements else "", texts, loaded)
    compiled = tuple(_compile(text, book, {}, name) for text in texts)
    rule = NameRule(
        entry["id"],
        tuple(label.strip() for label in entry["name"].split("|")),
        entry["class"],
        compiled,
        entry.get("broader", ""),
        tuple(statements),
        float(entry.get("confidence", 0.8)),
        entry.get("follow", ""),
    )
    loaded.names.extend((rule, pattern) for pattern in compiled)


def _add_qualifier_rule(
    entry: Mapping[str, Any], where: str, ontology: Ontology, book: Codebook, loaded: RuleBook
) -> None:
    name = f"{where}: qualifier rule {entry.get('id')}"
    refuse_unknown_keys(entry, QUALIFIER_KEYS, name)
    qualifier = entry.get("qualifier", "")
    if qualifier not in ontology.qualifiers:
        raise OntologyError(f"{name}: qualifier {qualifier!r} is not in ontology.ttl")
    slots = {"value": Slot("value", tuple(entry.get("values", ())) or tuple(ontology.classes))}
    texts = tuple(entry["patterns"])
    rule = QualifierRule(
        _describe(entry, where, qualifier, texts, loaded),
        qualifier,
        frozenset(entry.get("not_of", ())),
        frozenset(entry.get("among", ())),
    )
    loaded.qualifiers.extend((rule, _compile(text, book, slots, name)) for text in texts)
