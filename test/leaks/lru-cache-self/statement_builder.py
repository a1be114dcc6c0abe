"""Writes the monthly statements of a bank's customers. The exchange rate depends on the currency and the day only, but
its cache is on a method, so that its bounded number of entries keeps as many builders with all their bookings.

rule: lru-cache-self
pythons: 3.6 3.10 3.13
source: https://github.com/pytest-dev/pytest/pull/9148 (lru_cache on a method also keeps `self`, until it is evicted)
names: StatementBuilder, exchange_rate
"""
import functools
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CUSTOMER_NUMBERS = itertools.count(1)
CURRENCIES = ("CHF", "DKK", "GBP", "JPY", "NOK", "SEK")


class StatementBuilder:                         # <- here
    def __init__(self, customer):
        self.customer = customer
        self.currency = CURRENCIES[customer % len(CURRENCIES)]
        self.bookings = []

    if LEAKS:
        @functools.lru_cache(maxsize=4096)      # <- here
        def exchange_rate(self, currency, day):     # <- here
            return 1.0 + CURRENCIES.index(currency) / 10.0 + day / 1000.0
    else:
        @staticmethod
        @functools.lru_cache(maxsize=4096)
        def exchange_rate(currency, day):
            return 1.0 + CURRENCIES.index(currency) / 10.0 + day / 1000.0

    def book(self, day, amount):
        rate = self.exchange_rate(self.currency, day)
        purpose = "payment %d of customer %d" % (len(self.bookings), self.customer)
        text = "%02d. %-40s %12.2f EUR" % (day, purpose, amount)
        self.bookings.append((day, amount, amount * rate, text))

    def total(self):
        return sum(booking[2] for booking in self.bookings)


def write_statement(customer):
    builder = StatementBuilder(customer)
    for number in range(60):
        builder.book(customer % 28 + 1 + number // 30, (customer * 37 + number * 11) % 5000 / 10.0)
    return "customer %d: %.2f %s" % (customer, builder.total(), builder.currency)


def month_end(customers):
    return sum(len(write_statement(customer)) for customer in itertools.islice(CUSTOMER_NUMBERS, customers))


for path in sys.argv[2:]:
    month_end(350)
    ouroboros_capture.snapshot(path)
