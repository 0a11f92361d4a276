"""Five thousand executions, and hostile keys among them."""

import importlib.util
import time
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import expect

from local.deploy.session import endpoint
from ops.console.server import serving

BENCHMARK = Path(__file__).resolve().parents[4] / "benchmarks/console.py"
MANY = 2000
PAGE, SLOWER = 50, 5
"""Executions on a page, and how much slower the last pages may be than the first."""


@pytest.fixture(scope="module")
def deployment():
    spec = importlib.util.spec_from_file_location("console_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with endpoint() as url:
        yield module.filled(url, MANY, records=False)


@pytest.fixture(scope="module")
def address(deployment):
    with serving(deployment) as url:
        yield url


def test_thousands_of_executions_are_paged_through_without_slowing(page):
    page.goto("/executions")
    rows = page.locator("tbody tr")
    seen, seconds = set(), []
    for _ in range(MANY // PAGE):
        expect(rows).to_have_count(PAGE)
        seen |= {
            link.split("arn=")[1]
            for link in rows.evaluate_all("rows => rows.map(row => row.querySelector('a').href)")
        }
        older = page.locator("a[rel=next]")
        if not older.count():
            break
        begun = time.monotonic()
        older.click()
        page.wait_for_load_state("load")
        seconds.append(time.monotonic() - begun)
    assert len(seen) == MANY
    third = len(seconds) // 3
    assert median(seconds[-third:]) < SLOWER * median(seconds[:third])


def test_a_file_is_found_by_a_part_of_its_key(page):
    page.goto("/executions")
    page.get_by_role("searchbox", name="File").fill(f"{MANY - 7:06}")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("td.key")).to_have_text(f"in/{MANY - 7:06}.csv")
