"""The files of the demonstration: a week of a small shop's deliveries, always the same."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Final

DAYS: Final = 7
"""Today, and the six days before it."""
FAILING_DAYS_AGO: Final = 2
LATE_DAYS_AGO: Final = 4
BAD_DAYS_AGO: Final = (1, 3, 5)
UNUSUAL_DAYS_AGO: Final = (2, 6)


@dataclass(frozen=True)
class DemoFile:
    """One delivery: its key, its content, and when it came (HH:MM:SS, UTC)."""

    key: str
    body: bytes
    time: str


def files_of(days_ago: int) -> list[DemoFile]:
    """What came on the day so many days before today and is not late."""
    found = [
        DemoFile("shop/orders.csv", orders(40 + 7 * days_ago), "06:10:00"),
        DemoFile("shop/customers.jsonl", customers(5 + days_ago), "06:12:00"),
        DemoFile("stock/levels.csv.gz", gzip.compress(orders(200), mtime=0), "12:30:00"),
    ]
    if days_ago in BAD_DAYS_AGO:
        found.append(DemoFile("partner/prices.csv", b'id,note\n1,"never closed\n2,x\n', "14:05:00"))
    if days_ago == BAD_DAYS_AGO[0]:
        found.append(DemoFile("partner/empty.csv", b"", "14:06:00"))
    if days_ago in UNUSUAL_DAYS_AGO:
        found += unusual()
    return found


def failing() -> DemoFile:
    """A good file, which comes while a bad release of a function is deployed."""
    return DemoFile("shop/returns.csv", orders(12), "18:45:00")


def late() -> DemoFile:
    """A good file whose event arrives after the report of its day was written."""
    return DemoFile("partner/late-invoices.csv", orders(25), "23:58:00")


def unusual() -> list[DemoFile]:
    """Good files that need a second look: another charset, another delimiter, a name of emoji."""
    return [
        DemoFile("partner/café.csv", "id;name\n1;Zoë\n2;Jürgen\n".encode("utf-16"), "09:00:00"),
        DemoFile("partner/\N{PACKAGE} parcels.tsv", b"id\tweight\n1\t2.5\n2\t0.8\n", "09:01:00"),
    ]


def orders(number: int) -> bytes:
    """So many orders as CSV, with a quoted comma in each."""
    rows = (f'{each},"Lane {each % 9 + 1}, Riga",{each * 3 % 50}.90\n' for each in range(number))
    return f"order_id,address,total\n{''.join(rows)}".encode()


def customers(number: int) -> bytes:
    """So many customers, a JSON object a line."""
    lines = (json.dumps({"id": each, "name": f"Customer {each}"}) for each in range(number))
    return "".join(f"{line}\n" for line in lines).encode()
