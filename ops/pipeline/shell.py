"""Commands that are suggested to a person, ready to be pasted into a shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ops.pipeline.plain_text import escaped

if TYPE_CHECKING:
    from ops.pipeline.uploads import Identity


def command(*words: str, names: tuple[str, ...] = ()) -> str:
    """A `tally` command. `names` come from outside: none is an option, whatever it begins with.

    >>> command("replay", names=("--rejected $(x).csv",))
    "tally replay -- '--rejected $(x).csv'"
    """
    apart = ("--",) if any(name.startswith("-") for name in names) else ()
    return " ".join(_quoted(word) for word in ("tally", *words, *apart, *names))


def replay_command(identity: Identity) -> str:
    """The command that replays one object version."""
    key, version_id = identity
    return command("replay", f"--version={version_id}", names=(key,))


def _quoted(word: str) -> str:
    """The word for a POSIX shell; what is not seen in it (`escaped`) as bash's and zsh's $'...'."""
    if escaped(word) == word:
        return shlex.quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if escaped(character) == character:
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
