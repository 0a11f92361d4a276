"""HTTP on loopback: the server, its messages, and who may send them."""
