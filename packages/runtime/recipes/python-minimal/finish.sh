#!/bin/bash
set -eu

ln -s python3 /usr/bin/python
