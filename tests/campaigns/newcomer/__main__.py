"""Do what README and the tutorial say, word by word, in a clean clone: `make newcomer`.

A newcomer has Python, make and a package index: the commands run in a clone of the last commit in
an empty folder, with a home of its own and nothing of this environment on the PATH. The time of
each step is printed. What needs an account is named and left out.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(
    r"(?:^<!-- exits with (\d) -->\n)?^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
SERVES = re.compile(r"^(make demo|\.venv/bin/tally (local up|console|demo))\b")
SERVING = {"demo": "Ctrl-C ends all", "local up": "AWS_REGION=", "console": "Ctrl-C ends it"}
"""What each prints last before it serves."""
EXPORT = re.compile(r"^\s*export (.*)$")
LEFT_OUT = {
    r"(?s)^make (bootstrap|deploy)\b(?!.*bundle_layer)": "needs an account",
}
INDEX = ("PIP_", "UV_", "NPM_CONFIG_", "SSL_CERT_", "NODE_EXTRA_CA_", "HTTP_PROXY", "HTTPS_PROXY")
INDEX_FILES = (".npmrc", ".config/pip/pip.conf")
"""What says where this machine's package index is: the newcomer has that, too."""


class Newcomer:
    """Somebody who reads a page from its beginning and types each block into a shell."""

    def __init__(self, clone, home):
        self.clone = clone
        venv = Path(sys.prefix) / "bin"
        path = [each for each in os.environ["PATH"].split(os.pathsep) if Path(each) != venv]
        names = [name for name in os.environ if name.upper().startswith(INDEX)]
        self.environment = {name: os.environ[name] for name in names} | {
            "PATH": os.pathsep.join(path),
            "HOME": str(home),
            "TERM": "dumb",
        }
        self.server = None
        self.failed = []

    def reads(self, page):
        """Type what the page says, and end what it left running."""
        print(f"\n{page}", flush=True)
        for status, kind, block in BLOCK.findall((self.clone / page).read_text()):
            reason = next((why for what, why in LEFT_OUT.items() if re.search(what, block)), None)
            if reason:
                print(f"    left out  {titled(block)}: {reason}")
            elif SERVES.search(block):
                self.serves(block)
            else:
                self.types(kind, block, int(status or 0))
        self.leaves()

    def types(self, kind, block, wanted):
        """Run a block to its end."""
        shell = ["bash", "-euo", "pipefail"] if kind == "console" else [".venv/bin/python", "-"]
        begun = time.monotonic()
        done = subprocess.run(
            shell,
            input=block,
            cwd=self.clone,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.tells(begun, block, done.returncode == wanted, done.stdout)

    def serves(self, block):
        """Start what serves until Ctrl-C, wait until it says so, and paste its exports."""
        self.leaves()
        begun, said = time.monotonic(), []
        last = next(words for name, words in SERVING.items() if name in block)
        self.server = subprocess.Popen(
            ["bash", "-c", block],
            cwd=self.clone,
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        for line in self.server.stdout:
            said.append(line)
            if pasted := EXPORT.match(line):
                for each in pasted[1].split():
                    self.environment.__setitem__(*each.split("=", 1))
            if last in line:
                break
        self.tells(begun, block, self.server.poll() is None, "".join(said))

    def leaves(self):
        """Press Ctrl-C in the terminal of what serves, and forget what was pasted."""
        if self.server:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.communicate(timeout=60)
            self.server = None
            for name in [each for each in self.environment if each.startswith("AWS_")]:
                del self.environment[name]

    def tells(self, begun, block, well, output):
        """Print how long a step took, and of one that went wrong what it said."""
        print(f"{time.monotonic() - begun:8.1f} s  {titled(block)}", flush=True)
        if not well:
            self.failed.append(block)
            print(f"FAILED\n{output}", flush=True)


def furnished(home):
    """A home with nothing in it but the address of the package index."""
    for name in INDEX_FILES:
        if (Path.home() / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path.home() / name, home / name)
    home.mkdir(exist_ok=True)
    return home


def titled(block):
    """A block's first line, and how many follow."""
    first, *more = block.strip().splitlines()
    return f"{first[:90]}{f' (and {len(more)} lines)' if more else ''}"


def main():
    """Clone, read, and say whether everything went as it is written."""
    # Ctrl-C is for what serves, also where this runs in a shell's background and ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="tally-newcomer-"))
    home = furnished(folder / "home")
    clone = folder / "tally"
    try:
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        newcomer = Newcomer(clone, home)
        for page in sys.argv[1:] or ("README.md", "docs/tutorial.md"):
            newcomer.reads(page)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{len(newcomer.failed)} steps failed")
    return bool(newcomer.failed)


if __name__ == "__main__":
    sys.exit(main())
