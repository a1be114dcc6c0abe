"""Serves the orders of a shop through Django; a ledger per request notes what is sent until the response is out.
Its bound method is connected to a signal with weak=False, and the signal keeps each ledger with its lines.

rule: callback-pin
pythons: debian
needs: python3-django
source: https://github.com/Suor/django-cacheops/pull/218 (why connect(weak=False) pins the receiver's owner, see also e-valuation/EvaP#1361)
names: order_sent, OrderLedger
"""
import json
import sys

import django
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.dispatch import Signal
from django.http import JsonResponse
from django.test import RequestFactory
from django.urls import path as route

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

order_sent = Signal()  # <- here


class OrderLedger:
    def __init__(self, number):
        self.number = number
        self.lines = ["order %d, article %d, %d pieces" % (number, line, number % 7 + 1) for line in range(30)]
        self.sent = []
        order_sent.connect(self.note_sent, weak=not LEAKS)  # <- here

    def note_sent(self, sender, number, **_):
        if number == self.number:
            self.sent.extend(self.lines)


def show_order(request, number):
    ledger = OrderLedger(number)
    order_sent.send(sender=show_order, number=number)
    return JsonResponse({"order": number, "lines": len(ledger.sent)})


urlpatterns = [route("orders/<int:number>/", show_order)]


def work(handler):
    browser = RequestFactory()
    for number in range(250):
        reply = handler.get_response(browser.get("/orders/%d/" % number))
        assert json.loads(reply.content) == {"order": number, "lines": 30}
        reply.close()


settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"], SECRET_KEY="only for tests")
django.setup()
site = BaseHandler()
site.load_middleware()
for path in sys.argv[2:]:
    work(site)
    ouroboros_capture.snapshot(path)
