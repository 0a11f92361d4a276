"""Who may do what: policies evaluated, and requests turned into actions on resources."""
