"""What the pages of a claim, of its verdict and of its conflict show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.domain.vocabulary import ClaimKind, VerdictBasis, VerdictKind
from app.domain.wording import as_clause
from app.explorer import labels, quantities
from app.explorer.claim_effect import EffectView
from app.explorer.plots.balance import balance
from app.services.evidence.synthesis.loader import SynthesisFacts

Record = dict[str, Any]
#: Sections of evidence, in order.
EVIDENCE_SECTIONS = ("evidence_for", "evidence_against", "evidence_open")
#: Words of the levels at which a certainty starts.
STARTS = ("very low", "low", "moderate", "high")
#: Moderators of a conflict whose values are those of a vocabulary.
MODERATOR_VOCABULARIES = {
    "species": "Species",
    "compound": "CompoundDirectness",
    "population": "PopulationDirectness",
    "outcome": "OutcomeDirectness",
    "route": "Route",
    "causal test": "CausalTest",
    "design": "StudyDesign",
    "masking": "Masking",
}
#: Rung of a finding on a mechanism → how directly its test shows it.
TESTS = {3: "strongest", 2: "causal", 1: "indirect", 0: "none"}
#: Fields of a verdict whose changes the history shows.
VERDICT_FIELDS = ("verdict", "certainty", "size")


@dataclass(frozen=True)
class EvidenceGroup:
    """Findings with one direction, the most important first.

    Args:
        items: Items of the evidence sections of `/v1/pages`, with what the ledger says of each.
        total: Number of all findings of the section.
        path: Path of the list of all of them.
    """

    direction: str
    items: Sequence[Record]
    total: int
    path: str


@dataclass(frozen=True)
class ClaimPage:
    """A claim with all that its pages show.

    Args:
        claim: Record of the claim.
        verdict: Record of its verdict.
        sections: Sections of the payload of `/v1/pages/claim/{slug}`, by key.
        conflict: Record of the conflict of its notes; None without one.
        evidence: Its findings by direction.
        facts: What its verdict is computed from; None in a release of an older rule.
        effect: The effect behind the verdict; None if it rests on something else.
        jurisdictions: Answers of jurisdictions, each with the path of its act.
        by_compound: Verdicts of a universal claim by compound.
        statements: Statements of popular texts that make the claim.
        changes: Changes of claim and verdict, the newest first.
    """

    claim: Record
    verdict: Record
    sections: Mapping[str, Record]
    conflict: Record | None
    evidence: Sequence[EvidenceGroup]
    facts: SynthesisFacts | None
    effect: EffectView | None
    jurisdictions: Sequence[Record]
    by_compound: Sequence[Record]
    statements: Sequence[Record]
    changes: Sequence[Record]

    def items(self, key: str) -> Sequence[Record]:
        """Return the items of a section; none if the page has no such section."""
        section = self.sections.get(key)
        return section["items"] if section else ()

    @property
    def answer(self) -> tuple[str, str]:
        """The answer to the question of the claim: its word, and the sentence that follows it."""
        word = labels.answer_word(
            self.verdict["verdict"], self.verdict["certainty"], self.verdict["absence"]
        )
        sentence = self.claim["short_answer"] or self.claim["summary"] or ""
        return word, labels.answer_text(sentence)

    @property
    def by_species(self) -> str | None:
        """The verdicts in people and in animals alone; None if only one of them was studied."""
        people, animals = self.verdict["in_people"], self.verdict["in_animals"]
        if not people or not animals:
            return None
        people, animals = map(labels.verdict_label, (people, animals))
        return f"In people: {as_clause(people)}. In animals and cells: {as_clause(animals)}."

    @property
    def is_mechanism(self) -> bool:
        """Whether the claim is about a mechanism, which laboratories decide."""
        return bool(self.claim["kind"] == ClaimKind.MECHANISM)

    @property
    def has_ladder(self) -> bool:
        """Whether any kind of study has a finding."""
        return any(item["notes"] for item in self.items("ladder"))

    @property
    def rungs(self) -> list[Record]:
        """Rungs of the evidence ladder, each with a reference to its most important note."""
        notes = {
            item["note"]["slug"]: item["note"] for group in self.evidence for item in group.items
        }
        return [rung | {"best": notes.get(rung["best"])} for rung in self.items("ladder")]

    @property
    def source_noun(self) -> str:
        """What speaks for or against a claim of this kind: a study, or a document."""
        return "document" if self.claim["kind"] == ClaimKind.REGULATORY else "study"

    @property
    def source_noun_plural(self) -> str:
        """The same for several."""
        return "documents" if self.claim["kind"] == ClaimKind.REGULATORY else "studies"

    @property
    def number_of_findings(self) -> int:
        """Number of all findings on the claim."""
        return sum(self.sections[key]["total"] for key in EVIDENCE_SECTIONS)

    @property
    def balance_bar(self) -> Markup:
        """The drawing of the independent studies for and against the claim."""
        return balance(self.verdict["studies_for"], self.verdict["studies_against"]).plot

    @property
    def changes_it(self) -> list[str]:
        """What would change the verdict, in sentences."""
        if self.verdict["verdict"] in (VerdictKind.BACKGROUND, VerdictKind.NOT_JUDGED):
            return []
        sentences = list(self.verdict["would_change_if"])
        trials = self.verdict["trials"] or 0
        if trials > 1 and not self.verdict["decisive"]:
            sentences.append(
                f"No single trial decides: without any one of the {trials} the verdict is the same."
            )
        if self.conflict:
            sentences.append(self.conflict["would_settle"])
        if self.claim["open_question"]:
            sentences.append(f"An answer to the open question: {self.claim['open_question']}")
        if not sentences and self.verdict["basis"] == VerdictBasis.REGULATORY:
            sentences.append("A later act of a regulator that decides otherwise.")
        if sentences or self.verdict["decisive"] or self.items("studies_without_result"):
            return sentences
        return ["Further studies of the claim; the rule names no single one."]

    @property
    def steps(self) -> list[Record]:
        """Steps of the certainty, each with its change in words."""
        first, *others = self.verdict["steps"]
        level = STARTS[first["change"]]
        reason = first["reason"].removeprefix(f"starts {level}: ")
        steps = [first | {"change": f"starts {level}", "reason": reason}]
        for step in others:
            sign = "+" if step["change"] > 0 else ""
            steps.append(step | {"change": f"{sign}{quantities.number(step['change'])}"})
        return steps

    @property
    def has_participants(self) -> bool:
        """Whether any finding is on people whose number is known."""
        return any(item["participants"] for group in self.evidence for item in group.items)

    @property
    def moderators(self) -> list[Record]:
        """In what the sides of the conflict differ, in words."""
        return [
            moderator
            | {side: _moderator_words(moderator, side) for side in ("supporting", "disputing")}
            for moderator in (self.conflict or {}).get("moderators", ())
        ]

    @property
    def has_weights(self) -> bool:
        """Whether any finding has a weight in the pooled estimate."""
        return any(item["weight"] is not None for group in self.evidence for item in group.items)

    @property
    def has_rungs(self) -> bool:
        """Whether findings are ranked by their causal test."""
        return any(item["rung"] is not None for group in self.evidence for item in group.items)

    @property
    def weight_title(self) -> str:
        """Heading of the column that says how much a finding counts."""
        if self.has_rungs:
            return "Causal test"
        return "Weight" if self.has_weights else "Points"

    @property
    def has_points(self) -> bool:
        """Whether findings have points, as by the rules of old releases."""
        return any(item["points"] is not None for group in self.evidence for item in group.items)

    def weight_of(self, item: Mapping[str, Any]) -> str:
        """Return how much a finding counts, in words."""
        if self.has_rungs:
            return TESTS.get(item["rung"], quantities.NO_VALUE)
        if self.has_weights:
            weight = item["weight"]
            return quantities.percentage(weight and round(weight, 3))
        return quantities.number(item["points"])

    def verdict_changes(self, change: Mapping[str, Any]) -> list[str]:
        """Return the changes of verdict, certainty and size in an entry of the audit log."""
        if change["collection"] != "verdicts":
            return []
        return [
            f"{labels.field_label(field['field'])}: {_words(field['before'])} →"
            f" {_words(field['after'])}"
            for field in change["fields"]
            if field["field"] in VERDICT_FIELDS and field["before"] is not None
        ]

    def contents(self, has_choice: bool) -> list[tuple[str, str, int | None]]:
        """Return the contents of the page: id, text and number of each section.

        Args:
            has_choice: Whether the reader can choose the evidence.
        """
        sections = (
            ("why", "Why this verdict", None, True),
            ("readings", "In plain words", None, self.items("readings")),
            ("effect", "Size of the effect", None, self.effect),
            ("decisions", "Decisions by country", len(self.jurisdictions), self.jurisdictions),
            ("compounds", "By compound", len(self.by_compound), self.by_compound),
            ("evidence", "Evidence", self.number_of_findings, self.evidence),
            ("conflict", "Where the sides differ", None, self.conflict),
            ("what-if", "What if only some counts", None, has_choice),
            ("ladder", "Evidence ladder", None, self.is_mechanism or self.has_ladder),
            ("assessments", "Other bodies", len(self.items("assessments")), True),
            ("statements", "Statements", len(self.statements), True),
            ("references", "References", self.sections["citations"]["total"], True),
            ("history", "History", None, self.changes),
        )
        return [
            (key, text, number)
            for key, text, number, is_shown in sections
            if is_shown and number != 0
        ]

    @property
    def undirected(self) -> Sequence[Record]:
        """Findings whose effect is in favour of a side that is not on record."""
        return [
            item
            for group in self.evidence
            for item in group.items
            if item["effect"] and item["effect"]["favours"] is None and item["weight"] is None
        ]


def _moderator_words(moderator: Mapping[str, Any], side: str) -> str:
    """Return the values of a side in a moderator, by the labels of their vocabulary."""
    vocabulary = MODERATOR_VOCABULARIES.get(moderator["name"])
    values = moderator[side].split(", ")
    if vocabulary is None:
        return ", ".join(map(labels.in_words, values))
    return "; ".join(as_clause(labels.vocabulary_label(value, vocabulary)) for value in values)


def _words(value: Any) -> str:
    return "none" if value is None else labels.in_words(str(value))
