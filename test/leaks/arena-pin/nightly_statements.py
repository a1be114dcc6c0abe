"""A nightly job reads the day's bookings of all accounts, sorts them and writes one statement for each account.
The few statements that somebody has to look at are kept, and were made while all bookings were in memory.

rule: arena-pin
pythons: 3.8 3.12 3.13
source: https://github.com/python/cpython/issues/139839 (the memory of json.loads() does not fall after `del`)
names: FLAGGED
"""
import json
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
ACCOUNTS = 1300
FLAG_EVERY = 3

FLAGGED = {}  # account -> statement  # <- here


def bookings_of(account, night):
    """What the ledger has of one account, as the lines of its export."""
    for number in range(40):
        yield json.dumps({
            "account": "DE%020d" % account,
            "amount": (account * 7919 + number * 104729) % 2000000 - 1000000,
            "purpose": "invoice %d-%06d-%02d" % (night, account, number),
            "currency": "EUR",
        })


def statement_of(rows):
    """The statement of an account: its bookings in one line each and their sum."""
    return {
        "account": rows[0]["account"],
        "amount": sum(row["amount"] for row in rows),
        "purpose": "statement of %d bookings" % len(rows),
        "currency": rows[0]["currency"],
    }


def needs_attention(account):
    return account % FLAG_EVERY == 0


def run(night):
    FLAGGED.clear()
    ledger = []
    texts = []
    for account in range(ACCOUNTS):
        rows = [json.loads(line) for line in bookings_of(account, night)]
        rows.sort(key=lambda row: row["amount"])
        ledger.extend(rows)
        if needs_attention(account):
            statement = statement_of(rows)
            if LEAKS:
                FLAGGED[statement["account"]] = statement
            else:
                texts.append(json.dumps(statement))
    turnover = sum(abs(row["amount"]) for row in ledger)
    del ledger, rows
    packed = "\n".join(texts)  # one large text: the small ones go with the bookings
    del texts[:]
    for line in packed.splitlines():
        statement = json.loads(line)
        FLAGGED[statement["account"]] = statement
    return turnover


for night, path in enumerate(sys.argv[2:], 1):
    run(night)
    ouroboros_capture.snapshot(path)
