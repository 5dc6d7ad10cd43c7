#!/bin/bash
set -eu

ln -s python3 /usr/bin/python
# The image is one person's to change: pip may install beside what Debian brought.
rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED
