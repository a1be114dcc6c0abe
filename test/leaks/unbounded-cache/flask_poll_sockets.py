"""Offers long polling over Flask: clients open a session, poll it for messages and close it.
Closing marks the session as closed, but the table of sessions never lets go of it.

rule: unbounded-cache
pythons: debian
needs: python3-flask
source: https://github.com/miguelgrinberg/python-engineio/issues/14 (the server's dictionary of sockets does not shrink)
names: SOCKETS, PollSocket
"""
import sys

from flask import Flask, jsonify

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

SOCKETS = {}  # session id -> socket  # <- here
app = Flask(__name__)  # the router of werkzeug 2.2 leaves a recursive closure per request for the collector


class PollSocket:
    opened = 0

    def __init__(self):
        PollSocket.opened += 1
        self.sid = "sid-%06d" % PollSocket.opened
        self.closed = False
        self.sent = []

    def poll(self):
        packets = ["%s packet %d: %d" % (self.sid, number, number * 17) for number in range(10)]
        self.sent.extend(packets)
        return packets

    def close(self):
        self.closed = True


@app.post("/sockets")
def connect():
    socket = PollSocket()
    SOCKETS[socket.sid] = socket  # <- here
    return jsonify(sid=socket.sid)


@app.get("/sockets/<sid>")
def poll(sid):
    socket = SOCKETS.get(sid)
    if socket is None or socket.closed:
        return jsonify(error="no such session"), 404
    return jsonify(socket.poll())


@app.delete("/sockets/<sid>")
def disconnect(sid):
    SOCKETS[sid].close()
    if not LEAKS:
        del SOCKETS[sid]
    return "", 204


def work(client):
    for _ in range(250):
        address = "/sockets/" + client.post("/sockets").json["sid"]
        assert len(client.get(address).json) == 10
        client.delete(address)
        assert client.get(address).status_code == 404


for path in sys.argv[2:]:
    work(app.test_client())
    ouroboros_capture.snapshot(path)
