"""Question forms: what a search query asks for, besides its subject.

"what argues against the opioid hypothesis" asks for evidence against what is known of its subject,
"opioid". Forms are recognised in the folded words of a query, whatever its subject is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a question asks for."""

    EXPLANATION = "explanation"
    MECHANISM = "mechanism"
    NEGATIVE_RESULT = "negative_result"
    EVIDENCE_FOR = "evidence_for"
    EVIDENCE_AGAINST = "evidence_against"
    EFFICACY = "efficacy"
    SAFETY = "safety"
    REGULATION = "regulation"
    DURATION = "duration"
    COMPARISON = "comparison"


@dataclass(frozen=True)
class QuestionForm:
    """A form of question.

    Args:
        intent: What it asks for.
        pattern: Matches the words of a query, separated by single spaces. Its groups are the words
            that say what is asked: they are not part of the subject.
        meanings: Phrases that an answer has. They are searched as alternatives to the words of the
            groups; without any, these words are not searched.
        weight: Weight of that alternative, in per cent of the weight of the subject.
    """

    intent: Intent
    pattern: re.Pattern[str]
    meanings: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True)
class FormMatch:
    """A form that a query has, and the positions of the words that are not part of the subject."""

    form: QuestionForm
    positions: tuple[int, ...]


_ASKS = r"\b(?:do|does|did|can|could|will|would|is|are|was|were|has|have)\b"
_STUDIES = r"\b(?:evidence|proof|data|studies|trials|results|findings|reasons?)"

#: The order is that of precedence: a word that an earlier form has is not used by a later one.
QUESTION_FORMS = (
    QuestionForm(
        Intent.NEGATIVE_RESULT,
        re.compile(
            r"\b((?:failed|failing|negative|null|unsuccessful)"
            r" (?:clinical )?(?:studies|study|trials?|results?|endpoints?))\b"
            r"|\b((?:studies|study|trials?) (?:that|which) (?:fail(?:s|ed)?|missed))\b"
        ),
    ),
    QuestionForm(
        Intent.EVIDENCE_AGAINST,
        re.compile(
            r"\b((?:argues?|arguments?|speaks?|counts?|case|objections?) (?:against|to))\b"
            rf"|{_STUDIES} (against|contradicting|disputing|refuting)\b|\bfor (and against)\b"
            r"|\b(contradict(?:s|ed)?|disput(?:es?|ed|ing)|refut(?:es?|ed)|disprov(?:es?|ed)"
            r"|undermines?|rebuts?|disagrees?)\b"
        ),
    ),
    QuestionForm(
        Intent.EVIDENCE_FOR,
        re.compile(
            r"\b(argues?|arguments?|speaks?|case) (?:for|in favou?r of)\b"
            r"|\b(?:evidence|proof|reasons?) (?:for|that|of|in favou?r of)\b"
            rf"|{_STUDIES} (?:in favou?r of|supporting|showing)\b"
            r"|\b(support(?:s|ed)?|confirm(?:s|ed)?|prov(?:es|ed)|backs)\b"
        ),
    ),
    QuestionForm(
        Intent.EXPLANATION,
        re.compile(
            r"\bhow (?:do|does|did|can|could|might)\b.*?"
            r"\b(works?|acts?|functions?|helps?|treats?|relieves?|lifts?|improves?)\b"
            r"|\b(mechanisms?|mode) (?:of|behind|for)\b(?: (action)\b)?"
            r"|\bwhy (?:do|does|did)\b.*\b(works?|acts?)\b"
        ),
    ),
    QuestionForm(
        Intent.MECHANISM,
        re.compile(r"\b(hypothes[ie]s|theor(?:y|ies)|mechanisms?)\b|\b(?:the|a) (role) of\b"),
        ("mechanism", "needed"),
        25,
    ),
    QuestionForm(
        Intent.SAFETY,
        re.compile(r"\b(addictive|addicting|habit ?forming)\b"),
        ("abuse liability", "dependence"),
        60,
    ),
    QuestionForm(
        Intent.SAFETY,
        re.compile(
            r"\b(side ?effects?|adverse (?:effects?|events?|reactions?)|unwanted effects?"
            r"|harms?|harmful|risks?|risky|dangers?|dangerous|safe|safety|toxicity|tolerability)\b"
        ),
        ("safety", "adverse", "side effects", "harm"),
        40,
    ),
    QuestionForm(
        Intent.REGULATION,
        re.compile(
            r"\b(approved|approval|licen[cs]ed?|licensing|authori[sz]ed|authori[sz]ation"
            r"|legal|illegal|legality|reimbursed)\b"
        ),
        ("regulatory",),
        40,
    ),
    QuestionForm(
        Intent.DURATION,
        re.compile(r"\bhow (long)\b.*?\b(lasts?|works?|persists?|acts?)\b|\b(duration) of\b"),
        ("transient", "sustained", "duration", "fade", "lasts"),
        60,
    ),
    QuestionForm(
        Intent.EFFICACY,
        re.compile(
            rf"{_ASKS}.*?\b(works?|effective|efficacious|efficacy)\b"
            r"|\b(efficacy|effectiveness) (?:of|in|for)\b"
        ),
        ("efficacy", "relieve", "effective"),
        30,
    ),
    QuestionForm(
        Intent.COMPARISON,
        re.compile(
            r"\b(better|worse|superior|inferior)\b|\bcompared? (?:with|to)\b|\bversus|\bvs\b"
        ),
        ("comparative", "outperform"),
        15,
    ),
)


def recognise(words: Sequence[str]) -> list[FormMatch]:
    """Return the forms of a query, given its folded words."""
    text, starts, at = " ".join(words), [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    matches: list[FormMatch] = []
    taken: set[int] = set()
    for form in QUESTION_FORMS:
        match = form.pattern.search(text)
        if match is None:
            continue
        spans = [span for span in match.regs[1:] if span[0] >= 0]
        positions = tuple(
            index
            for index, start in enumerate(starts)
            if any(first <= start < end for first, end in spans)
        )
        if spans and taken & set(positions):
            continue
        taken |= set(positions)
        matches.append(FormMatch(form, positions))
    return matches
