"""Contracts whose deliveries have manifests, manifests, and where functions keep them."""

import json

from functions.core.contracts.contract import Contracts
from functions.core.contracts.reading import contract_of
from functions.core.deliveries.listing import Listing
from functions.core.deliveries.manifest import Listed

CONTRACT = {
    "name": "sales",
    "path": "in/",
    "tally": {"delivery": {"manifest": "*manifest.json"}},
}
CONTRACTS = Contracts((contract_of(CONTRACT),))
DATE = "2026-11-22"


def manifest_of(**files):
    """A manifest in our own form, of what is said of each file by its name without `.csv`."""
    listed = [{"name": f"{name}.csv", **said} for name, said in files.items()]
    return json.dumps({"files": listed}).encode()


def listing(*files, key="in/manifest.json", version="m1", date=DATE, time="09:00:00"):
    """What a manifest lists, each file as `Listed` has it."""
    listed = tuple(Listed(*each) for each in files)
    return Listing("sales", "in/", key, version, f"{date}T{time}Z", listed)


class KeptManifests:
    """What functions keep of manifests, and records, by key."""

    def __init__(self, *listings, records=()):
        self.stored = {}
        self.asked = []
        for each in listings:
            self.keep(each.stored())
        self.of_files = records

    def contents(self, prefix):
        self.asked.append(prefix)
        return iter([content for key, content in self.stored.items() if key.startswith(prefix)])

    def records(self, date, raw_key):
        return iter(
            [
                each
                for each in self.of_files
                if (each["uploaded_at"][:10], each["key"]) == (date, raw_key)
            ]
        )

    def keep(self, objects):
        self.stored.update(objects)
