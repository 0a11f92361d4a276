"""Data contracts: what uploads under a key prefix must be. See docs/contracts.md."""
