"""Counts visits in PostgreSQL and keeps the last answer in Redis for a second."""

import os

import psycopg
import redis
from flask import Flask, jsonify

app = Flask(__name__)
cache = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def count_visit() -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL DEFAULT now())")
        connection.execute("INSERT INTO visits DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM visits").fetchone()
    return row[0]


@app.get("/")
def index():
    visits = cache.get("visits")
    if visits is None:
        visits = count_visit()
        cache.set("visits", visits, ex=1)
    return jsonify(visits=int(visits))
