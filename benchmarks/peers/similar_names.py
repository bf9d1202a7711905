"""Similar names without a service: rapidfuzz compares a text with all names of the store."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from rapidfuzz import fuzz, process

#: Texts that are compared; the others would take as long each.
COMPARED = 20


def milliseconds(store: Path, texts: Sequence[str]) -> float:
    """Return the milliseconds of the three most similar names of each text."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        names = [name for (name,) in connection.execute("SELECT DISTINCT key FROM search_name")]
    connection.close()
    took = []
    for text in texts[:COMPARED]:
        begun = time.perf_counter()
        process.extract(text, names, scorer=fuzz.ratio, score_cutoff=68, limit=3)
        took.append((time.perf_counter() - begun) * 1e3)
    return mean(took) * len(texts)
