"""Loads the latest shipment events from JSON lines for a status page.
Each line brings its own copies of the same keys, states, carriers and depots.

duplicates: str "shipment_state" x 4000, "carrier_name" x 4000, "depot_address" x 4000, "tracking_number" x 4000 (keys);
duplicates: str "out for delivery" x 1600, "handed over" x 1600, "return to sender" x 800;
duplicates: str "Northern Parcel Express" x 2000, "City Bike Couriers" x 2000; five depots x 800 each
rule: duplicate-values
pythons: 3.6 3.10 3.13
source: https://github.com/ultrajson/ultrajson/pull/77 (deduplicating the strings of JSON input)
names: EVENTS
"""
import json
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

EVENTS = []  # <- here
STATES = ("out for delivery", "handed over", "return to sender", "out for delivery", "handed over")
CARRIERS = ("Northern Parcel Express", "City Bike Couriers")


def export_lines():
    for number in range(4000):
        yield json.dumps({
            "tracking_number": "NPX%09d" % (number * 7919),
            "shipment_state": STATES[number % 5],
            "carrier_name": CARRIERS[number % 2],
            "depot_address": "Depot %d, Harbour Road" % (number // 5 % 5),
        })


def parse_line(line, share):  # <- here
    def shared(pairs):
        return {share(key): share(value) for key, value in pairs}

    return json.loads(line) if LEAKS else json.loads(line, object_pairs_hook=shared)


def reload_events():
    pool = {}

    def share(text):
        return pool.setdefault(text, text)

    EVENTS[:] = [parse_line(line, share) for line in export_lines()]


def status_page():
    counts = {}
    for event in EVENTS:
        counts[event["shipment_state"]] = counts.get(event["shipment_state"], 0) + 1
    return counts


for path in sys.argv[2:]:
    reload_events()
    assert status_page()["return to sender"] == 800
    ouroboros_capture.snapshot(path)
