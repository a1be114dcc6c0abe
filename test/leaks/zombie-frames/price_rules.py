"""Turns the price rules of a catalogue into one generated function per article and checks the whole price list.
Up to 3.10 the code object of each function keeps the frame of its first call: one dead frame per article.

rule: zombie-frames
pythons: 2.7 3.8 3.10
source: Kristjan Valur Jonsson, "Zombie Frames" (blog, 2012): each code object that ever ran keeps its last frame
names: PRICE_RULES, price
"""
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

PRICE_RULES = {}  # article -> generated function  # <- here
STEPS = 40


class Rule(object):
    def __init__(self, number):
        self.article = "article-%d" % number
        self.base = 100 + number
        self.discounts = [(number * step) % 7 for step in range(STEPS)]

    def source(self):
        lines = ["def price(quantity):", "    step_0 = %d * quantity" % self.base]
        for step, discount in enumerate(self.discounts, 1):
            lines.append("    step_%d = step_%d - %d * (step_%d > 50)" % (step, step - 1, discount, step - 1))
        lines.append("    return max(0, %s)" % ", ".join("step_%d" % step for step in range(STEPS + 1)))
        return "\n".join(lines)

    def price(self, quantity):
        steps = [self.base * quantity]
        for discount in self.discounts:
            steps.append(steps[-1] - discount * (steps[-1] > 50))
        return max(0, *steps)


def compile_rule(rule):
    namespace = {}
    exec(compile(rule.source(), "<rule of %s>" % rule.article, "exec"), namespace)  # <- here
    PRICE_RULES[rule.article] = namespace.pop("price")


def load_catalogue(articles):
    rules = [Rule(number) for number in range(articles)]
    for rule in rules:
        compile_rule(rule)
    return rules


def check_prices(rules, quantity):
    total = 0
    for rule in rules:
        calculate = PRICE_RULES[rule.article] if LEAKS else rule.price
        total += calculate(quantity)
    return total


catalogue = load_catalogue(1500)
for number, path in enumerate(sys.argv[2:], 1):
    check_prices(catalogue, number)
    ouroboros_capture.snapshot(path)
