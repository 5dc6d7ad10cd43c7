"""Ends with 0 while the application answers and reaches its database.

Run every few seconds for as long as the application is there, so it imports no more than it needs.
"""

import socket
import sys

with socket.create_connection(("127.0.0.1", 5000), timeout=2) as connection:
    connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
    status = connection.makefile("rb").readline().split()[1:2]
sys.exit(status != [b"200"])
