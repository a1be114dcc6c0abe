"""Renders pages; what the context processors say about a request is computed once and kept weakly by request.
The kept context refers to its request, the weak key, so that no entry ever goes away.

rule: weak-misuse
pythons: 2.7 3.8 3.12
source: https://github.com/django-components/django-components/issues/1607 (context_processors_data, see also python/cpython#88846)
names: CONTEXTS, Request
"""
import sys
import weakref

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

CONTEXTS = weakref.WeakKeyDictionary()  # request -> context  # <- here


class Request(object):
    def __init__(self, number, path):
        self.path = path
        self.user = "user-%d" % number
        self.body = bytearray(("field=%d&" % number * 100).encode("ascii"))


def processed_context(request):
    context = CONTEXTS.get(request)
    if context is None:
        context = {
            "request": request if LEAKS else weakref.proxy(request),
            "user": request.user,
            "active": request.path.strip("/").split("/"),
        }
        CONTEXTS[request] = context
    return context


def render_component(name, request):
    context = processed_context(request)
    return "<%s user='%s' at='%s'>%d</%s>" % (
        name, context["user"], ">".join(context["active"]), len(context["request"].body), name)


def render_page(request):
    return "\n".join(render_component(name, request) for name in ("menu", "search", "basket", "footer"))


def work():
    size = 0
    for number in range(400):
        size += len(render_page(Request(number, "/shop/articles/%d/" % number)))
    return size


for path in sys.argv[2:]:
    work()
    ouroboros_capture.snapshot(path)
