"""A window of jobs whose size is changed while they run."""

import asyncio

from local.asl.runtime.window import Window
from tests.builders.worlds import in_virtual_time


def at_work_by_second(seconds, sizes):
    """How many jobs of a second each run in each second, when some begin with another size."""
    seen, running = [], 0

    async def job():
        nonlocal running
        running += 1
        await asyncio.sleep(1)
        running -= 1

    async def jobs():
        for _ in range(100):
            yield job

    async def main():
        window = Window(jobs(), sizes[0])
        work = asyncio.ensure_future(window.run())
        await asyncio.sleep(0.5)
        for second in range(seconds):
            seen.append(running)
            if second + 1 in sizes:
                window.resize(sizes[second + 1])
            await asyncio.sleep(1)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    in_virtual_time(main())
    return seen


def test_a_smaller_window_lets_its_jobs_end_and_a_larger_one_takes_more():
    assert at_work_by_second(8, {0: 4, 2: 2, 4: 1, 6: 3}) == [4, 4, 2, 2, 1, 1, 3, 3]


def test_a_window_of_no_size_runs_one_job_at_a_time():
    assert at_work_by_second(4, {0: 0, 2: -1}) == [1, 1, 1, 1]
