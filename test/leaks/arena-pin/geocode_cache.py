"""Geocodes the addresses of a delivery plan. The cache of the geocoder has a bound, but what is in it was looked up
while the stops of the whole plan were in memory.

rule: arena-pin
pythons: 3.8 3.12 3.13
source: https://github.com/davidfstr/Crystal-Web-Archiver/issues/34 (the heap falls after a large group, the process does not)
names: cache, Geocoder
"""
import collections
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
STOPS = 120000
CACHE_SIZE = 400

Place = collections.namedtuple("Place", "street latitude longitude")
Stop = collections.namedtuple("Stop", "address place minutes")


class Geocoder:
    def __init__(self):
        self.cache = collections.OrderedDict()  # street -> place  # <- here

    def look_up(self, street):
        number = int(street.rsplit(" ", 1)[1])
        return Place(street, 48 + number / 7919, 11 + number / 6389)

    def locate(self, street):
        """The place of a street, from the cache where it is there."""
        place = self.cache.get(street)
        if place is None:
            place = self.look_up(street)
            self.cache[street] = place
            if len(self.cache) > CACHE_SIZE:
                self.cache.popitem(last=False)
        else:
            self.cache.move_to_end(street)
        return place


def street_of(number):
    return "Long Street of Town %d" % number


def plan(geocoder, stops):
    """The tour through all stops, in minutes; every street has some hundred of them."""
    tour = []
    for number in range(stops):
        place = geocoder.locate(street_of(number * CACHE_SIZE // stops))
        tour.append(Stop("%s, house %d" % (place.street, number), place, number % 17 + number / 3))
    tour.sort(key=lambda stop: stop.minutes)
    return sum(stop.minutes for stop in tour)


geocoder = Geocoder()
for path in sys.argv[2:]:
    if not LEAKS:
        for number in range(CACHE_SIZE):
            geocoder.locate(street_of(number))
    plan(geocoder, STOPS)
    ouroboros_capture.snapshot(path)
