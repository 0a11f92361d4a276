"""Try mutants, each in a forked process, until a test fails."""

import gc
import os
import resource
import signal
import tempfile
import warnings
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import pytest
from changes import import_changed, replace
from mutants import Mutant
from reach import OPTIONS, Quick, file_of

WORKERS = 2
MEMORY = 4 << 30
START_SECONDS = 20
ENDLESS = 3
"""So many tests that do not end, and a mutant is given up."""

BUSY = 50
"""So many times slower a busy machine may be; what only waits, for nothing, is ended then."""

UNTRIED = 3
"""The exit code of a trial that raised outside of its tests."""


class Outcome(StrEnum):
    NOTICED = "noticed"
    BY_TIME = "by time alone"
    SURVIVED = "SURVIVED"


@dataclass
class Trial:
    """A mutant, its tests with their limits in seconds, and those that did not end."""

    mutant: Mutant
    limits: dict
    endless: set = field(default_factory=set)
    note: object = None

    @property
    def tests(self):
        return [test for test in self.limits if test not in self.endless]

    def begins(self, test):
        """Note which test runs, and give it its time."""
        name = test.encode()
        os.pwrite(self.note.fileno(), name, 0)
        os.ftruncate(self.note.fileno(), len(name))
        limit(self.limits.get(test, START_SECONDS))

    def outcome(self, status):
        """What its process' end means; None if the other tests are to be tried, too."""
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGALRM, signal.SIGPROF}:
            test = os.pread(self.note.fileno(), 10_000, 0).decode()
            self.endless.add(test)
            return None if test and len(self.endless) < ENDLESS else Outcome.BY_TIME
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == UNTRIED:
            raise RuntimeError(f"could not be tried: {self.mutant.diff()}")
        if status:
            return Outcome.NOTICED
        return Outcome.BY_TIME if self.endless else Outcome.SURVIVED


def limit(seconds):
    """End this process after so much processor time, or a time in which it must have had it."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, BUSY * seconds)


def tried(mutants, reach, fails):
    """Try all, WORKERS at once; yields pairs of a mutant and its outcome as they come."""
    waiting = deque(
        Trial(each, {test: 2 + 5 * reach.seconds[test] for test in reach.tests(each)})
        for each in mutants
    )
    running = {}
    gc.freeze()  # or each process would copy what its collector looks at
    while waiting or running:
        while waiting and len(running) < WORKERS:
            trial = waiting.popleft()
            trial.note = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
            running[started(trial, fails)] = trial
        pid, status = os.wait()
        trial = running.pop(pid)
        outcome = trial.outcome(status)
        trial.note.close()
        if outcome:
            yield trial.mutant, outcome
        else:
            waiting.appendleft(trial)


def started(trial, fails):
    """A process that ends with 1 if a test fails, or if the changed file cannot be imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads only wait here
        pid = os.fork()
    if pid:
        return pid
    code = UNTRIED
    try:
        limit(START_SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        code = int(fails(trial))
    finally:
        os._exit(code)


class Collected:
    """A plugin that tries mutants, instead of running the tests that were collected."""

    def __init__(self, mutants, reach, told):
        self.mutants, self.reach, self.told = mutants, reach, told

    def pytest_runtestloop(self, session):
        items = {item.nodeid: item for item in session.items}
        for pair in tried(self.mutants, self.reach, lambda trial: self.fails(trial, items)):
            self.told(*pair)
        return True

    def fails(self, trial, items):
        if self.reach.at_import(trial.mutant):
            return fails_anew(trial, items)
        replace(trial.mutant)
        chosen = [items[test] for test in trial.tests]
        for item, following in pairwise([*chosen, None]):
            trial.begins(item.nodeid)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if item.session.testsfailed:
                return True
        return False


def fails_anew(trial, known):
    """Import our code with the change, and run its tests: the first one's file, then the others."""
    import_changed(trial.mutant)
    first, *others = dict.fromkeys(file_of(test) for test in trial.tests)
    for files in ([first], others) if others else ([first],):
        code = pytest.main([*OPTIONS, *files], plugins=[Chosen(trial, known), Quick()])
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            return True
    return False


class Chosen:
    """A plugin that runs nothing but the trial's tests, the quickest first."""

    def __init__(self, trial, known):
        self.trial, self.known = trial, known

    def pytest_collection_modifyitems(self, items):
        order = {test: place for place, test in enumerate(self.trial.tests)}
        # A test that is not known has a name that the mutant has changed.
        items[:] = [each for each in items if each.nodeid in order or each.nodeid not in self.known]
        items.sort(key=lambda each: order.get(each.nodeid, -1))

    def pytest_runtest_setup(self, item):
        self.trial.begins(item.nodeid)
