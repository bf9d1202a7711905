"""JSON-LD data blocks of pages, which browsers do not execute."""

import json

from markupsafe import Markup

from app.services.json_ld.terms import Properties

#: Characters that could end the block or begin a comment in it.
_ESCAPES = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def data_block(document: Properties) -> Markup:
    """Return a document as the content of a script element; no text in it can end the element.

    All characters but those of ASCII are escaped, and with them line separators and invisible ones.
    """
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704  (escaped above)
