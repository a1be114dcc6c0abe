"""Analyses recordings with numpy and caches a short preview of each for the list view.
The previews are views, each keeps its whole recording, and the cache drops none of them.

rule: unbounded-cache
pythons: debian
needs: python3-numpy
source: https://github.com/numpy/numpy/issues/15746 (the first samples of each sound, kept in a list, keep all samples)
names: PREVIEWS
"""
import sys
from collections import OrderedDict

import numpy

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
SHOWN = 24  # rows of the list view

PREVIEWS = OrderedDict()  # name of the recording -> its first samples  # <- here


class Recording:
    def __init__(self, number):
        self.name = "recording-%05d.wav" % number
        self.samples = numpy.sin(numpy.arange(12000) * (0.01 + number * 0.0001))

    def loudness(self):
        return float(numpy.sqrt(numpy.mean(self.samples ** 2)))


def preview(recording):  # <- here
    if recording.name not in PREVIEWS:
        samples = recording.samples[:50]
        PREVIEWS[recording.name] = samples if LEAKS else samples.copy()
        while len(PREVIEWS) > SHOWN and not LEAKS:
            PREVIEWS.popitem(last=False)
    return PREVIEWS[recording.name]


def analyse(number):
    recording = Recording(number)
    return recording.loudness(), float(preview(recording).max())


def work(first):
    loudest = 0.0
    for number in range(first, first + 300):
        loudest = max(loudest, *analyse(number))
    return loudest


for number, path in enumerate(sys.argv[2:]):
    work(number * 300)
    ouroboros_capture.snapshot(path)
