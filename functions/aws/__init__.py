"""The adapters to AWS: what the core needs of S3 and Step Functions, and nothing more."""
