"""Reduces HLA genotype strings for a typing service. The memo of the reducing function has no bound, and nearly every
sample is a new genotype.

rule: unbounded-cache
pythons: 3.6 3.9 3.13
source: https://github.com/nmdp-bioinformatics/py-ard/pull/55 (an LRU cache without a bound in a long-running service)
names: reduce_genotype
"""
import functools
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
CACHE_SIZE = None if LEAKS else 128
LOCI = ("A", "B", "C", "DRB1", "DQB1", "DPB1")
SAMPLES = itertools.count(1)


def expand(allele):
    """All alleles of one group, as the nomenclature tables list them."""
    locus, code = allele.split("*")
    group = int(code.replace(":", ""))
    return ["HLA-%s*%02d:%03d" % (locus, group % 97, number) for number in range(group % 5 + 3)]


@functools.lru_cache(maxsize=CACHE_SIZE)    # <- here
def reduce_genotype(genotype):              # <- here
    reduced = []
    for pair in genotype.split("^"):
        names = set()
        for allele in pair.split("+"):
            names.update(expand(allele))
        reduced.append("/".join(sorted(names)))
    return reduced


def genotype_of(sample):
    """Two alleles for each locus, different for every sample; relatives of a donor are typed more than once."""
    if sample % 10 == 0:
        sample -= 1
    pairs = []
    for place, locus in enumerate(LOCI):
        numbers = (sample * (place + 3)) % 9973, (sample * 7 + place) % 9949
        pairs.append("+".join("%s*%02d:%02d" % (locus, number // 100, number % 100) for number in numbers))
    return "^".join(pairs)


def type_samples(amount):
    ambiguous = 0
    for sample in itertools.islice(SAMPLES, amount):
        if any("/" in pair for pair in reduce_genotype(genotype_of(sample))):
            ambiguous += 1
    return ambiguous


for path in sys.argv[2:]:
    type_samples(3000)
    ouroboros_capture.snapshot(path)
