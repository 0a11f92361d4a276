"""The Distributed Map: items read lazily, batched, run as child executions, results written."""
