"""The cues of `ontology/cues`: words by the part they play in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from oncograph.errors import OntologyError
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys
from oncograph.reading.patterns import TOKEN

KEYS = (
    "cue",
    "irregular",
    "families",
    "kinds",
    "generic",
    "too_general",
    "too_general_classes",
    "endings",
    "topic_classes",
    "background_classes",
    "families_of_protein",
    "kinds_of_alteration",
)


@dataclass(frozen=True, slots=True)
class CueTable:
    """The cues of a folder.

    Attributes:
        phrases: By cue, its words and phrases, lower case.
        canonical: By cue and by word or phrase, the form that a built name takes ("variants" → "mutation").
        head_classes: By word, the class of what it heads the name of ("variant" → GeneticAlteration).
        irregular: By base form, the third person, past, participle and gerund of an irregular verb.
        families: Groups of classes whose names are coordinated with each other.
        kinds: Groups of classes whose members may be a kind of each other, besides those with a common superclass.
        generic: Labels of concepts too general to stand alone when the document has a topic.
        too_general_classes: Classes that say nothing as what something is.
        too_general: Labels of concepts that say nothing as the subject or object of a claim.
        takes_up: By noun, the classes of what it may refer back to ("condition" → Disease).
        topic_classes: Classes of what a document may be about, the likeliest first.
        background_classes: Classes that a pronoun takes up only where nothing else is left.
        kinds_of_alteration: Labels of alterations of no gene in particular, of which only causes and kinds are said.
        families_of_protein: Labels of concepts that many genes and proteins belong to.
        endings: By the ending of a name's last word, the class of what it names ("dystrophy" → Disease).
    """

    phrases: dict[str, tuple[tuple[str, ...], ...]]
    canonical: dict[str, dict[str, str]]
    head_classes: dict[str, str] = field(default_factory=dict)
    irregular: dict[str, list[str]] = field(default_factory=dict)
    families: list[list[str]] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    generic: list[str] = field(default_factory=list)
    too_general: list[str] = field(default_factory=list)
    families_of_protein: list[str] = field(default_factory=list)
    kinds_of_alteration: list[str] = field(default_factory=list)
    too_general_classes: list[str] = field(default_factory=list)
    endings: dict[str, str] = field(default_factory=dict)
    takes_up: dict[str, tuple[str, ...]] = field(default_factory=dict)
    topic_classes: list[str] = field(default_factory=list)
    background_classes: list[str] = field(default_factory=list)


def load_cues(folder: Path) -> CueTable:
    """Load every cue of `ontology/cues/*.toml`.

    A table `[cue.NAME]` has a `meaning`, and `words` (a list) or `forms` (canonical form = list of words); `class` is
    the class of what the words stand for, if they can refer back ("this variant"); `takes_up` the classes, where it is
    any of several.
    """
    table = CueTable({}, {})
    for path in sorted(folder.glob("*.toml")):
        where = f"{folder.name}/{path.name}"
        tables = load_tables(path)
        refuse_unknown_keys(tables, KEYS, where)
        table.irregular.update(tables.get("irregular", {}))
        for class_name, endings in tables.get("endings", {}).items():
            table.endings.update(dict.fromkeys(endings, class_name))
        table.families.extend(tables.get("families", []))
        table.kinds.extend(tables.get("kinds", []))
        table.generic.extend(tables.get("generic", []))
        table.too_general_classes.extend(tables.get("too_general_classes", []))
        table.too_general.extend(tables.get("too_general", []))
        table.topic_classes.extend(tables.get("topic_classes", []))
        table.background_classes.extend(tables.get("background_classes", []))
        table.families_of_protein.extend(tables.get("families_of_protein", []))
        table.kinds_of_alteration.extend(tables.get("kinds_of_alteration", []))
        for name, cue in tables.get("cue", {}).items():
            refuse_unknown_keys(cue, ("meaning", "class", "takes_up", "words", "forms"), f"{where}: [cue.{name}]")
            if not cue.get("meaning"):
                raise OntologyError(f"{where}: [cue.{name}] has no meaning; add one sentence that says what it marks")
            if name in table.phrases:
                raise OntologyError(f"{where}: [cue.{name}] is defined twice; merge the two")
            phrases = list(cue.get("words", []))
            for canonical, forms in cue.get("forms", {}).items():
                phrases.extend(forms)
                table.canonical.setdefault(name, {}).update(dict.fromkeys(forms, canonical))
            if "class" in cue:
                table.head_classes.update(dict.fromkeys(phrases, cue["class"]))
            table.takes_up.update(dict.fromkeys(phrases, tuple(cue.get("takes_up", ()))) if "takes_up" in cue else {})
            table.phrases[name] = tuple(tuple(TOKEN.findall(phrase.lower())) for phrase in phrases)
    return table
