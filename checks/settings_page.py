"""`docs/settings.md`, made from the settings themselves: `python -m checks.settings_page`.

A test compares the page with what this makes of `stacks/settings/setting_fields.py`, so neither
goes its own way.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

from stacks.settings import Settings, setting_fields

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"

HEAD = """\
# Settings

Everything that a deployment may want otherwise. Each is a key of the context: for good in
`cdk.json`, below `context`, or for one command:

    make deploy ARGS="-c environment=prod -c notify_email=team@example.com"

A value that cannot be used, or a name that is nearly one of these, ends the synthesis with one
line that says what would be accepted, and exit status 2. Nothing is deployed then.

What has no place here: the zone of the report's day, which is UTC
([why](decisions/utc-days.md)); time limits and retries, which are part of the state machines
(`statemachines/`) and tested with them; the formats that are counted ([formats](formats.md)).

<!-- Made by `python -m checks.settings_page` from stacks/settings/setting_fields.py. -->
"""


def page() -> str:
    """The page's text."""
    meanings = _docstrings()
    parts = [
        f"\n## `{each.name}`\n\n"
        f"{meanings[each.name]}\n\n"
        f"Default: {_spelled(each.default)}. Accepts: {each.metadata['accepts']}.\n"
        for each in fields(Settings)
    ]
    return "".join([HEAD, *parts])


def _spelled(value: object) -> str:
    if value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _docstrings() -> dict[str, str]:
    """The string below each field, its lines joined."""
    tree = ast.parse(Path(setting_fields.__file__).read_text())
    (body,) = [
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == setting_fields.SettingFields.__name__
    ]
    found = {}
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
            said = ast.literal_eval(after.value)
            found[ast.unparse(field.target)] = " ".join(said.split())
    return found


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
