"""Ends with 0 while the application answers and reaches its database."""

import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", 5000, timeout=2)
connection.request("GET", "/health")
sys.exit(connection.getresponse().status != 200)
