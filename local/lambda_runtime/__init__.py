"""Lambda functions in processes of their own, as Lambda runs them."""
