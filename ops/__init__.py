"""The operator's tools: the `tally` command over the AWS API."""
