"""What the readers of several formats share: decoding, masks of quotes, pieces of JSON and CSV."""
