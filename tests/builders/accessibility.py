"""What axe-core finds on a page against WCAG 2.2 AA, in every form that a reader may see it in."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BESIDE = ["empty-table-header", "landmark-one-main", "page-has-heading-one", "region"]
"""Rules that belong to no success criterion, but that readers of a screen live by."""
FORMS = [(width, scheme) for width in (380, 1280) for scheme in ("dark", "light")]
"""Widths in CSS pixels, and colour schemes; the last is how a test's page opens."""
IS_LOADED = "typeof axe === 'object'"
RUN = """async ([values, also]) => (await axe.run(document, {
    runOnly: { type: "tag", values }, iframes: false,
    rules: Object.fromEntries(also.map(each => [each, { enabled: true }])) })).violations
    .map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`)"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
"""Against success criterion 1.4.10, "Reflow", which axe-core has no rule for."""


def violations(page):
    """A line for each rule that the page breaks, with the form that breaks it, and where.

    The page is loaded once, and stays at 1,280 pixels, in light colours.
    """
    assert AXE.exists(), "make test installs it: npm ci"
    if not page.evaluate(IS_LOADED):
        page.evaluate(AXE.read_text())
    return [
        f"{width} px, {scheme}: {each}"
        for width, scheme in FORMS
        for each in _violations_at(page, width, scheme)
    ]


def _violations_at(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate(RUN, [RULES, BESIDE])
    return [*found, *(["reflow: wider than the window"] if page.evaluate(TOO_WIDE) else [])]
