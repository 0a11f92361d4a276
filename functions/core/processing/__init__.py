"""What the functions of process_file do, a module a handler, under the handler's own name."""
