"""What a Task of a state machine may call."""
