"""What axe-core finds on a page against WCAG 2.2 AA."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async rules => (await axe.run(document, { runOnly: rules, iframes: false })).violations
    .map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`)"""


def violations(page):
    """A line for each rule that the page breaks, with where."""
    assert AXE.exists(), "make test installs it: npm ci"
    page.evaluate(AXE.read_text())
    return page.evaluate(RUN, RULES)
