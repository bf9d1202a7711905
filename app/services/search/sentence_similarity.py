"""Similarity of a sentence and short texts, such as the statements of claims.

The ranking of the search counts whatever a record contains, and what notes on it say. To find what
a sentence is about, only the words of the statements count.
"""

from collections.abc import Iterable

from app.services.search import tokenizer
from app.services.search.query import ParsedQuery
from app.services.search.ranking import ONE, Ranker

#: Weight of the share of the text that the sentence has, besides the share of the sentence that the
#: text has: of two texts with the same words of the sentence, the shorter one is nearer.
TEXT_SHARE_WEIGHT = 50  # per cent


class SentenceSimilarity:
    """Compares texts with one parsed sentence."""

    def __init__(self, query: ParsedQuery) -> None:
        self._ranker = Ranker(query)

    def of(self, texts: Iterable[str]) -> int:
        """Return the similarity of the sentence and the most similar of some texts.

        Returns:
            0 if they share no words; at most ONE, and half as much again for the share of the text.
        """
        return max(map(self._of_text, texts), default=0)

    def words_missing_in(self, texts: Iterable[str]) -> list[str]:
        """Return the words of the sentence that none of some texts has, nor another name of it.

        A synonym is another word: a text that says `relieves` does not say `cures`.
        """
        terms = tokenizer.stems_of(word for text in texts for word in text.split())
        matched = self._ranker.matched_terms(f" {terms} ")
        return [
            term.text
            for term in self._ranker.query_terms
            if not any(v.weight >= 100 and matched.issuperset(v.phrase) for v in term.variants)
        ]

    def _of_text(self, text: str) -> int:
        terms = tokenizer.terms(text)
        matched = self._ranker.matched_terms(f" {terms} ")
        words = set(terms.split())
        if not (matched and self._ranker.weight):
            return 0
        of_sentence = self._ranker.proximity(matched) * ONE // self._ranker.weight
        of_text = len(words & matched) * ONE // len(words)
        return of_sentence + of_text * TEXT_SHARE_WEIGHT // 100
