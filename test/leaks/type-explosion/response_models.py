"""Parses the replies of a language model into a response class that extends the caller's model.
The class is built anew for every request, and the table of validators keeps each of them for ever.

rule: type-explosion
pythons: 2.7 3.8 3.12
source: https://github.com/567-labs/instructor/issues/2603 (create_model() for every request: one class and one validator leaked per call)
names: VALIDATORS, ResponseModel
"""
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

VALIDATORS = {}  # model class -> its validator  # <- here
PREPARED = {}  # the caller's model -> response model


class Model(object):
    fields = ()

    def __init__(self, values):
        for field in self.fields:
            setattr(self, field, values[field])


class Invoice(Model):
    fields = ("number", "amount", "currency")


class Contact(Model):
    fields = ("name", "email")


class Validator(object):
    def __init__(self, model):
        self.required = frozenset(model.fields)

    def check(self, values):
        missing = self.required.difference(values)
        if missing:
            raise ValueError("missing: %s" % ", ".join(sorted(missing)))


def create_model(base):
    model = type("ResponseModel", (base,), {"fields": base.fields + ("tool_call",)})  # <- here
    VALIDATORS[model] = Validator(model)
    return model


def prepare_response_model(base):
    if LEAKS:
        return create_model(base)
    if base not in PREPARED:
        PREPARED[base] = create_model(base)
    return PREPARED[base]


def handle_request(base, reply):
    model = prepare_response_model(base)
    VALIDATORS[model].check(reply)
    return model(reply)


def work():
    for number in range(200):
        invoice = handle_request(Invoice, {
            "number": number, "amount": number * 1.07, "currency": "EUR", "tool_call": "call-%d" % number})
        contact = handle_request(Contact, {
            "name": "Person %d" % number, "email": "p%d@example.org" % number, "tool_call": invoice.tool_call})
        assert contact.tool_call == invoice.tool_call


for path in sys.argv[2:]:
    work()
    ouroboros_capture.snapshot(path)
