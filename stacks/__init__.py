"""The CDK app's parts: what is deployed, and what may touch what.

The CDK library is a Node program behind a Python face, started on its first import. Set-up puts a
Node of the right version in the environment; saying so here, before any module of this package
imports `aws_cdk`, makes synthesis work on a machine that has no Node, or an old one.
"""

import os
import sys
from pathlib import Path

_NODE = Path(sys.prefix) / "bin" / "node"
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
