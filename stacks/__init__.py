"""The CDK stacks: each only wires; grants are made where two things meet."""
