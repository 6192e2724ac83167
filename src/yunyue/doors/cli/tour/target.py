"""The site the tour watches: a small web server, run as a process of its own so that it can really be stopped.

Run as `python target.py PORT` (0: any free port); prints the port once it listens. It ends with the tour, however that
ends: its standard input is a pipe that closes when the tour's process is gone.
"""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

BODY = b"ok\n"


class Site(BaseHTTPRequestHandler):
    """Answers every path with one line."""

    def do_GET(self) -> None:
        """200 and a short body."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing about each of some thousand requests."""


def leave_with_the_tour() -> None:
    """Wait until nobody holds the other end of the pipe."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve until stopped."""
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Site)
    threading.Thread(target=leave_with_the_tour, daemon=True).start()
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
