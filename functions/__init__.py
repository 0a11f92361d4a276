"""The pipeline's own code: one file a Lambda, over `core` (pure) and `aws` (adapters)."""
