"""AWS on this machine: a loopback endpoint that runs a synthesized CDK app for real."""
