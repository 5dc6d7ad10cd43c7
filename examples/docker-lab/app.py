"""A small web application, made to be run in a container."""

import hmac
import os
import platform

from flask import Flask, abort, jsonify, request

app = Flask(__name__)


@app.get("/")
def index():
    """Greet with the words of the environment."""
    return jsonify(message=os.environ.get("GREETING", "Hello from the Docker lab"))


@app.get("/healthz")
def healthz():
    """Answer as long as requests are served; asks nothing of anybody else."""
    return jsonify(status="ok")


@app.get("/runtime")
def runtime():
    """Tell whoever has the token what the application runs on; nobody where none is set."""
    token = os.environ.get("RUNTIME_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    return jsonify(python=platform.python_version(), user=os.getuid())


if __name__ == "__main__":
    app.run(port=8000, debug=True)
