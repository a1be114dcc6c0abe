"""Sends messages to a broker; a thread per message keeps the encoded message until its receipt comes.
Nobody sends receipts for messages that the broker rejects, so that their threads wait for ever.

rule: thread-pin
pythons: 2.7 3.7 3.11
source: https://github.com/spyder-ide/spyder/pull/13328 (a helper thread that is left running, with all that it uses)
names: await_receipt, encoded
"""
import json
import sys
import threading
import time

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"


def await_receipt(number, message, receipt, log):  # <- here
    encoded = [json.dumps({"message": number, "line": line, "text": message[line]}) for line in sorted(message)]
    receipt.wait()
    log.append((number, len(encoded)))


class Broker(object):
    limit = 260

    def publish(self, message, receipt):
        if len(message) <= self.limit:
            receipt.set()
            return True
        if not LEAKS:
            receipt.set()
        return False


class Publisher(object):
    def __init__(self, broker):
        self.broker = broker
        self.sent = 0

    def send(self, message, log):
        self.sent += 1
        receipt = threading.Event()
        waiter = threading.Thread(target=await_receipt, args=(self.sent, message, receipt, log))
        waiter.daemon = True
        waiter.start()
        self.broker.publish(message, receipt)
        return waiter, receipt


def compose(number):
    lines = 300 if number % 10 == 0 else 20
    return dict((line, "reading %d of sensor %d" % (line * number, number)) for line in range(lines))


def work(publisher):
    log = []
    for number in range(300):
        waiter, receipt = publisher.send(compose(number), log)
        if receipt.is_set():
            waiter.join()
    time.sleep(0.2)  # let the others block


gateway = Publisher(Broker())
for path in sys.argv[2:]:
    work(gateway)
    ouroboros_capture.snapshot(path)
