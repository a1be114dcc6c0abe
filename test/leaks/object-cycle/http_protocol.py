"""Serves HTTP requests with a protocol object for each connection, whose parser calls bound methods of the protocol.
Nothing takes the parser out when the connection is lost, so the two keep each other and the body of the request.

rule: object-cycle
pythons: 3.6 3.10 3.13
source: https://github.com/Kludex/uvicorn/issues/1564 (protocol and parser refer to each other after the connection)
names: HttpProtocol, HttpParser, connection_lost
"""
import gc
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CONNECTION_NUMBERS = itertools.count(1)
gc.disable()


class HttpParser:
    def __init__(self, on_header, on_body):
        self.on_header = on_header
        self.on_body = on_body

    def feed_data(self, data):
        head, body = data.split(b"\r\n\r\n", 1)
        for line in head.split(b"\r\n")[1:]:
            name, value = line.split(b": ", 1)
            self.on_header(name.lower(), value)
        self.on_body(body)


class HttpProtocol:                             # <- here
    def __init__(self):
        self.headers = {}
        self.body = bytearray()
        self.parser = HttpParser(self.on_header, self.on_body)      # <- here

    def on_header(self, name, value):
        self.headers[name] = value

    def on_body(self, data):
        self.body += data

    def data_received(self, data):
        self.parser.feed_data(data)
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(self.body)

    def connection_lost(self):
        if not LEAKS:
            self.parser = None


def request_of(number):
    head = "POST /images/%d HTTP/1.1\r\nHost: example.org\r\nX-Request-Id: %08x\r\nAccept: */*" % (number, number)
    return head.encode() + b"\r\n\r\n" + ("%08d" % number).encode() * 512


def serve(connections):
    sent = 0
    for number in itertools.islice(CONNECTION_NUMBERS, connections):
        protocol = HttpProtocol()
        sent += len(protocol.data_received(request_of(number)))
        protocol.connection_lost()
    return sent


for path in sys.argv[2:]:
    serve(400)
    ouroboros_capture.snapshot(path)
