"""Runs jobs whose steps are an Enum and reports their progress as JSON.
The Enum is made for each job, and the registry of the single-dispatch converter holds on to all of them.

rule: type-explosion
pythons: 3.6 3.9 3.13
source: own
names: Step, to_json
"""
import json
import sys
from enum import Enum
from functools import singledispatch

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

WORKFLOWS = {
    "import": ("download", "verify", "parse", "store", "done"),
    "export": ("query", "format", "upload", "done"),
    "reindex": ("lock", "scan", "write", "unlock", "done"),
}
STEPS = {}  # workflow -> Enum of its steps


def plain(value):
    return value


to_json = singledispatch(plain)  # <- here


def make_steps(workflow):
    steps = Enum("Step", WORKFLOWS[workflow], module=__name__)  # <- here
    to_json.register(steps, lambda step: {"step": step.name, "of": len(steps)})
    return steps


def steps_of(workflow):
    if LEAKS:
        return make_steps(workflow)
    if workflow not in STEPS:
        STEPS[workflow] = make_steps(workflow)
    return STEPS[workflow]


class Job:
    def __init__(self, number, workflow):
        self.number = number
        self.steps = iter(steps_of(workflow))
        self.step = next(self.steps)

    def advance(self):
        self.step = next(self.steps, self.step)
        return self.step.name == "done"

    def progress(self):
        return json.dumps({"job": self.number, "progress": to_json(self.step)})


def work():
    sent = 0
    for number in range(100):
        for workflow in WORKFLOWS:
            job = Job(number, workflow)
            while not job.advance():
                sent += len(job.progress())
    return sent


for path in sys.argv[2:]:
    work()
    ouroboros_capture.snapshot(path)
