"""Every line that reaches into moto, in one place."""
