"""Checks the tokens of incoming requests and answers 401 to the bad ones. One exception object, made at import, is
raised for every refusal, so its traceback grows by the frames of each refused request and keeps their bodies.

rule: traceback-pin
pythons: 3.7 3.9 3.12
source: https://github.com/Kludex/starlette/pull/3205 (a module-level HTTPException that is raised again and again)
names: UNAUTHORIZED, handle_request, check_token
"""
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
REQUEST_NUMBERS = itertools.count(1)


class HTTPException(Exception):
    def __init__(self, status, detail):
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


UNAUTHORIZED = HTTPException(401, "token missing or expired")       # <- here


class Request:
    def __init__(self, number):
        self.path = "/v1/documents/%d" % number
        self.headers = {"x-request-id": "%08x" % number, "authorization": "Bearer %s" % ("" if number % 3 else number)}
        self.body = ("%08d" % number).encode() * 1024


def check_token(request):
    token = request.headers["authorization"].split(" ", 1)[1]
    if not token:
        raise UNAUTHORIZED                                          # <- here
    return int(token)


def handle_request(request):
    user = check_token(request)
    return 200, "%s: %d bytes for user %d" % (request.path, len(request.body), user)


def application(number):
    request = Request(number)
    try:
        status, text = handle_request(request)
    except HTTPException as error:
        status, text = error.status, error.detail
        if not LEAKS:
            error.__traceback__ = None
    return status, text


def serve(amount):
    answers = {}
    for number in itertools.islice(REQUEST_NUMBERS, amount):
        status, _text = application(number)
        answers[status] = answers.get(status, 0) + 1
    return answers


for path in sys.argv[2:]:
    serve(600)
    ouroboros_capture.snapshot(path)
