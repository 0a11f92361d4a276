"""The CDK app: settings in, stacks out. No AWS call, no network and no credentials are needed.

`python app.py` writes the templates to `cdk.out`; the `cdk` command runs this file too.
"""

import sys

from stacks.app import main

if __name__ == "__main__":
    sys.exit(main())
