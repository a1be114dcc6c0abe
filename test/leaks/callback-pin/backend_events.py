"""Fits statistical models that follow changes of the computing backend. Each viewer subscribes its own method to the
event bus, which holds it strongly, and so no viewer goes away with its fit.

rule: callback-pin
pythons: 3.7 3.10 3.12
source: https://github.com/scikit-hep/pyhf/pull/1035 (the event registry holds bound methods; then WeakMethod)
names: EventBus, subscribe, TensorViewer
"""
import collections
import itertools
import sys
import weakref

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
FIT_NUMBERS = itertools.count(1)


class EventBus:                                 # <- here
    _subscribers = collections.defaultdict(list)    # <- here

    @classmethod
    def subscribe(cls, event, method):          # <- here
        subscribers = cls._subscribers[event]
        if LEAKS:
            subscribers.append(lambda: method)
        else:
            subscribers.append(weakref.WeakMethod(method, subscribers.remove))

    @classmethod
    def trigger(cls, event, value):
        for subscriber in list(cls._subscribers[event]):
            method = subscriber()
            if method is not None:
                method(value)


class TensorViewer:                             # <- here
    def __init__(self, fit):
        self.fit = fit
        self.backend = "numpy"
        self.slices = {"channel%d" % channel: [fit + channel / 10.0 + bin_ / 1000.0 for bin_ in range(40)]
                       for channel in range(5)}
        EventBus.subscribe("backend_changed", self._precompute)

    def _precompute(self, backend):
        self.backend = backend

    def stitch(self):
        return sum(sum(values) for values in self.slices.values())


def fit_models(fits):
    best = 0.0
    for fit in itertools.islice(FIT_NUMBERS, fits):
        viewer = TensorViewer(fit)
        if fit % 150 == 0:
            EventBus.trigger("backend_changed", "jax" if fit % 300 else "numpy")
        best = max(best, viewer.stitch())
    return best


for path in sys.argv[2:]:
    fit_models(350)
    ouroboros_capture.snapshot(path)
