"""JSONata expressions, and the functions that Step Functions adds."""
