"""A synthesized app whose functions have contracts, without another synthesis."""

import json
import shutil


def assembly_with(assembly, folder, *contracts):
    """A copy of an assembly in `folder`, with contracts in the functions' asset."""
    own = folder / "assembly"
    shutil.copytree(assembly, own)
    for handler in own.glob("asset.*/functions/validate_file.py"):
        for contract in contracts:
            place = handler.parent.parent / "contracts" / f"{contract['name']}.json"
            place.write_text(json.dumps(contract))
    return own
