"""The words around a sentence, as they stand beside it on a page."""

from __future__ import annotations

import re

from oncograph.graph.document import CONTEXT

_BREAKS = re.compile(r"\s*\n\s*")


def show_before(text: str, start: int) -> str:
    """Give the words before a sentence, from the first whole one on; paragraphs become lines.

    Args:
        start: Offset of the sentence in its document.

    >>> show_before("s, are found in neuroblastoma. ", 812), show_before("At the start. ", 14)
    ('… are found in neuroblastoma. ', 'At the start. ')
    """
    if start > CONTEXT:
        _, blank, rest = text.partition(" ")
        text = f"… {rest}" if blank and rest.strip() else text
    return _BREAKS.sub("\n", text)


def show_after(text: str) -> str:
    """Give the words after a sentence, up to the last whole one.

    >>> show_after(" Antibiotics might weaken the ef")
    ' Antibiotics might weaken the …'
    """
    if len(text) >= CONTEXT - 1:  # shorter at the end of a document
        rest, blank, _ = text.rpartition(" ")
        text = f"{rest} …" if blank and rest.strip() else text
    return _BREAKS.sub("\n", text)
