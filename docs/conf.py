"""How `make docs` makes a site of these pages: docs/decisions/docs-site.md says why by Sphinx.

The pages stay what GitHub shows. What a site needs beside them is derived here: the navigation from
the sections of README.md and the other indexes, and diagrams from their Mermaid source.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent

project = "Tally"
project_copyright = "Apache License 2.0"
extensions = ["myst_parser"]
root_doc = "README"
exclude_patterns = ["conf.py"]
html_theme = "furo"
html_title = "Tally"
html_copy_source = False
html_show_search_summary = False  # a page in a folder cannot fetch others to quote them
html_static_path = [str(HERE.parent / "node_modules" / "@mermaid-js" / "tiny" / "dist")]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]

INDEXES = {"README", "decisions/README", "lab/README"}
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
PAGE = re.compile(r"\]\(([\w./-]+)\.md(?:#[^)]*)?\)")
OUTSIDE = re.compile(r"\[([^]]+)\]\(\.\./(?:README|CHANGELOG)\.md\)")
FOLDER = re.compile(r"\]\(([\w./-]+)/\)")


class Mermaid(Directive):
    """A diagram: its text, which the page's script draws."""

    has_content: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        """The text in the element that Mermaid looks for."""
        text = html.escape("\n".join(self.content))
        return [nodes.raw("", f'<pre class="mermaid">{text}</pre>', format="html")]


def derive(_app: Sphinx, name: str, source: list[str]) -> None:
    """Lead links to where they lead on the site, and give an index its part of the navigation."""
    text = FOLDER.sub(r"](\1/README.md)", source[0])
    if name in INDEXES:
        text = navigation(OUTSIDE.sub(r"\1", text))
    source[0] = text


def navigation(text: str) -> str:
    """An index with a hidden tree of the pages that each of its sections links."""
    _, *parts = SECTION.split(text)
    sections = list(zip(parts[::2], parts[1::2], strict=True)) or [("", text)]
    trees, seen = [], set[str]()
    for heading, section in sections:
        pages = [each for each in dict.fromkeys(PAGE.findall(section)) if each not in seen]
        pages = [each for each in pages if not each.startswith("../")]
        seen.update(pages)
        listed = "\n".join(pages)
        caption = f":caption: {heading}\n" if heading else ""
        trees.append(f"```{{toctree}}\n:hidden:\n{caption}\n{listed}\n```")
    return "\n\n".join((text, *trees))


def setup(app: Sphinx) -> None:
    """Register what is above; called by Sphinx."""
    app.add_directive("mermaid", Mermaid)
    app.connect("source-read", derive)
    app.add_js_file("mermaid.tiny.js")
