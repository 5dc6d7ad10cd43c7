"""Settings of gunicorn in the container; each may be given in the environment."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

# Workers show that they are alive in a file; on the disk of a container that could block.
worker_tmp_dir = "/dev/shm"

# Less than the time that engines and Kubernetes wait before they end a container by force.
graceful_timeout = 8
timeout = 30

# Nobody manages it while it runs, and its folder need not be writable.
control_socket_disable = True

# The container's output is its log.
accesslog = "-"
errorlog = "-"
