"""Pure. XML of strangers becomes a tree of bounded size, without namespaces, without a DOCTYPE.

By the standard library: without a DOCTYPE there are no entities, so nothing can grow or be fetched, and the rest is counted.
"""

from __future__ import annotations

from xml.etree import ElementTree

from bot.media.unfit import Unfit

Element = ElementTree.Element

DEEPEST = 100
ELEMENTS = 2_000_000  # 200 bytes each, so 400 MB; a point of GPX has a height and a time


class _Builder(ElementTree.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self.deep = self.count = 0

    def doctype(self, *_: object) -> None:
        raise Unfit("XML with a DOCTYPE, which maps have no use for – export it again, or remove that line")

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.deep, self.count = self.deep + 1, self.count + 1
        if self.deep > DEEPEST:
            raise Unfit("elements within elements without end – export it again")
        if self.count > ELEMENTS:
            raise Unfit(f"more than {ELEMENTS} elements – keep only what the map shows")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> Element:
        self.deep -= 1
        return super().end(tag.rpartition("}")[2])


def tree(data: bytes) -> Element:
    """The root of an XML document. Raises Unfit."""
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 – its dangers are refused above
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ElementTree.ParseError, LookupError, ValueError) as problem:
        if isinstance(problem, Unfit):
            raise
        raise Unfit(f"broken XML ({problem}) – export it again") from problem
    return root
