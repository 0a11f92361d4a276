"""Which tests reach which lines, and how long each takes: recorded in one run of all of them."""

import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest
from hypothesis import Phase, settings
from mutants import ROOT

OPTIONS = (
    "--noconftest",  # the fixtures of the session are for other tests, and slow to import
    "--override-ini=addopts=",
    "--import-mode=importlib",
    "-pno:cacheprovider",
    "--assert=plain",  # that one fails is enough, nobody reads why
    "--tb=no",
    "--disable-warnings",
    "-sqqx",
)
SLOW = 1.5
"""So many seconds, and a test is left out: it is for what the quick ones cannot see."""
EXAMPLES = 20
PROFILE = {"database": None, "deadline": None, "derandomize": True}


@dataclass(frozen=True)
class Reach:
    """What one run of a tree's tests has shown."""

    seconds: dict
    """Of processor time, by test."""
    lines: dict
    """By file, for each line the tests that ran it; what ran when it was imported has none: ''."""

    def tests(self, mutant):
        """The tests that may notice it, the quickest first; of what is imported, all may."""
        anew = self.at_import(mutant)
        first = self._nearest(mutant.path) if anew else ""
        found = self.seconds if anew else self._reaching(mutant)
        quick = (test for test in found if test and self.seconds[test] < SLOW)
        return sorted(quick, key=lambda test: (file_of(test) != first, self.seconds[test]))

    def at_import(self, mutant):
        """Whether it changes what runs, or may run, when the file is imported."""
        return not mutant.body or "" in self._reaching(mutant)

    def _reaching(self, mutant):
        lines = self.lines.get(mutant.path, {})
        return {test for line in mutant.body for test in lines.get(str(line), ())}

    def _nearest(self, path):
        """The file of tests that runs most lines of a file, or of its folder if it has none."""
        for near in (path, str(Path(path).parent)):
            reached = {
                (file_of(test), file, line)
                for file, lines in self.lines.items()
                if file.startswith(near)
                for line, tests in lines.items()
                for test in tests
                if test
            }
            if reached:
                return Counter(file for file, *_ in reached).most_common(1)[0][0]
        return ""


def file_of(test):
    return test.partition("::")[0]


class Quick:
    """A plugin: few examples of each property, always the same, and no search for the smallest."""

    def __init__(self):
        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutation", phases=phases, **PROFILE)
        settings.load_profile("mutation")

    def pytest_itemcollected(self, item):
        own = getattr(item.obj, "_hypothesis_internal_use_settings", None)
        if own:
            few = settings(own, max_examples=min(own.max_examples, EXAMPLES))
            item.obj._hypothesis_internal_use_settings = few  # noqa: SLF001


class Recorder:
    """A plugin that notes the time of each test, and tells coverage which one is running."""

    def __init__(self, measured):
        self.measured = measured
        self.seconds = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.measured.switch_context(item.nodeid)
        begin = time.process_time()
        done = yield
        self.seconds[item.nodeid] = time.process_time() - begin
        return done


def recorded(tree, tests):
    """Run the tests in a process of their own; None if one fails."""
    with tempfile.NamedTemporaryFile("r+") as file:
        if not os.fork():
            os._exit(record(tree, tests, file.name))
        return None if os.wait()[1] else Reach(**json.load(file))


def record(tree, tests, path):
    os.environ["COVERAGE_CORE"] = "ctrace"  # the one that every Python has and that knows contexts
    measured = coverage.Coverage(data_file=None, source=[str(ROOT / tree)], config_file=False)
    measured.start()
    recorder = Recorder(measured)
    code = pytest.main([*OPTIONS, *tests], plugins=[recorder, Quick()])
    measured.stop()
    data = measured.get_data()
    files = {str(Path(file).relative_to(ROOT)): file for file in data.measured_files()}
    told = {
        "seconds": recorder.seconds,
        "lines": {name: data.contexts_by_lineno(file) for name, file in files.items()},
    }
    Path(path).write_text(json.dumps(told))
    return code
