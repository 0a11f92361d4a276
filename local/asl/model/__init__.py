"""What all rooms of the interpreter share: values, errors, the ports to the world around it."""
