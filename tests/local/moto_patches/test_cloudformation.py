"""moto's CloudFormation, imported without the services that no stack of Tally's has."""

import subprocess
import sys

from local.moto_patches.cloudformation import LATER

LOOK = f"""
import sys
import local.endpoint
print([name for name in {list(LATER)} if "moto." + name in sys.modules])
"""


def test_a_start_of_the_endpoint_imports_no_service_that_nobody_asked_for():
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
