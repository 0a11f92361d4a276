"""The commands of `tally`: what they take and print. What they do is in the modules of `ops/`."""
