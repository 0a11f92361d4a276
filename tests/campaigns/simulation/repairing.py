"""What operators do about a campaign's world: by the tools, or by the API alone."""

import math
from functools import partial

from interleaving import KilledError, interleaved
from truth import REASON, BrokenError

ROUNDS = 12
AMID = 0.3
"""On how many days a file that failed is redriven in the seconds in which the report is made."""
UNSTORED = "unstored/"


class Repairs:
    """The part of a campaign that redrives, replays and acknowledges."""

    def redrive(self):
        """By the API alone, as anybody may."""
        for arn in self.failed():
            self.world.tell("redrive", arn.rpartition(":")[2])
            self.world.call("RedriveExecution", executionArn=arn)

    def redrive_amid(self, evening, scheduled):
        """At times, a file whose record is stored just while the report is made: steps of a day.

        Not often: what has failed today lets the night restate the day before.
        """
        if self.by_tools or self.folders.random() > AMID:
            return []
        redriven = scheduled + self.folders.uniform(8, 30)
        return [(evening, self._fail_to_store), (redriven, self._redrive_what_was_refused)]

    def _fail_to_store(self):
        """A file whose record cannot be stored."""
        self.world.refused = (UNSTORED,)
        self.upload(f"{UNSTORED}{len(self.uploads)}.csv", 1)

    def _redrive_what_was_refused(self):
        """By the API alone: no function is called again."""
        self.world.refused = ()
        self.redrive()

    def operate(self, name, *, alone=False, **wanted):
        """Begin what an operator does by a tool; all else goes on beside it.

        What must be alone is not begun beside another tool, nor another beside it.
        """
        if self.in_use["alone"] or (alone and self.in_use.total()):
            return
        calls = self.random.randrange(40) if self.world.hit("tool interrupted") else math.inf
        work = partial(getattr(self.tools, name), **wanted)
        self.world.tell("tool", name, sorted(wanted))
        self.world.run(self._begin(self._operate(work, calls, "alone" if alone else "others")))

    async def _operate(self, work, calls, kind):
        self.in_use[kind] += 1
        try:
            await interleaved(work, calls=calls)
        except KilledError:
            self.world.tell("tool interrupted")
        except Exception as error:  # noqa: BLE001 - whatever it is, the campaign tells it
            self.errors.append(error)
        finally:
            self.in_use[kind] -= 1

    def ask(self, name, **given):
        """What a tool answers."""
        return self.world.run(interleaved(partial(getattr(self.tools, name), **given)))

    def settle(self):
        """Let everything that is under way come to an end."""
        while self.tasks or self.running():
            self.advance(600)

    def repair(self):
        """Redrive what failed, and begin what never began."""
        for _ in range(ROUNDS):
            self.settle()
            if not self.failed():
                break
            if self.by_tools:
                self.ask("redrive", failed=True)
            else:
                self.redrive()
        if self.by_tools:
            self._repair_by_tools()
        else:
            self._begin_by_hand()

    def _begin_by_hand(self):
        """No tool restates a day then: the nights alone have to find it."""
        for of, outcome in self.outcomes().items():
            if outcome == "not begun":
                self.uploads[of].lost = False
                self.send(*of)

    def _repair_by_tools(self):
        """By the runbook: replay what never began, and ask the audit for the rest."""
        self.settle()
        undelivered = [each for each in self.ask("letters") if each.kind == "undelivered"]
        if self.seed % 4:
            self.ask("replay", keys=sorted({each.key for each in undelivered}))
        else:
            self.ask("replay", queued=True, letters=[each.id for each in undelivered])
        for date in self.dates():
            missing = self.ask("audit", date=date).missing
            wrong = [each for each in missing if each.why != "no execution"]
            if wrong:
                raise BrokenError(f"after redrives and replays the audit of {date} names {wrong}")
            self.ask("replay", versions=[(each.key, each.version_id) for each in missing])
        self.ask("redrive")  # what came to a good end by the API has its messages still
        self._acknowledge()

    def _acknowledge(self):
        """Messages that never began and were deleted: nothing mends these."""
        gone = [
            each
            for each in self.ask("letters")
            if each.kind == "undelivered" and self.uploads[each.identity].deleted
        ]
        if gone:
            done = self.ask("acknowledge", reason=REASON, letters=[each.id for each in gone])
            self.acknowledged += [(done.date, each) for each in done.letters]
        for each in gone:
            self.uploads[each.identity].acknowledged = True
