"""Renders a preview of every mail template; each template is translated to a function of its own with many variables.
Up to 3.10 each of these functions, once called, keeps a big frame at its code object for the next call.

rule: zombie-frames
pythons: 2.7 3.6 3.10
source: https://github.com/pallets/flask/issues/2402 (every template string becomes code of its own with a root function)
names: TEMPLATES, root
"""
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

TEMPLATES = {}  # name -> render function  # <- here
FIELDS = ["field_%d" % number for number in range(180)]


def translate(name, text):
    """One function per template, one local variable per field, as template engines do it."""
    lines = ["def root(context):"]
    lines.extend("    %s = context[%r]" % (field, field) for field in FIELDS)
    lines.append("    return %r %% (%s,)" % (text, ", ".join(FIELDS)))
    namespace = {}
    exec(compile("\n".join(lines), "<template %s>" % name, "exec"), namespace)  # <- here
    return namespace["root"]


def interpret(text):
    """One function for all templates: the text is in its closure."""
    def root(context):
        values = tuple(context[field] for field in FIELDS)
        return text % values
    return root


def template_text(number):
    return "Template %d\n" % number + "\n".join("%s: %%s" % field.replace("_", " ") for field in FIELDS)


def load_templates(count):
    for number in range(count):
        name = "mail-%d" % number
        text = template_text(number)
        TEMPLATES[name] = translate(name, text) if LEAKS else interpret(text)


def preview_all(customer):
    context = dict((field, "%s of customer %d" % (field, customer)) for field in FIELDS)
    return sum(len(render(context)) for render in TEMPLATES.values())


load_templates(300)
for number, path in enumerate(sys.argv[2:], 1):
    preview_all(number)
    ouroboros_capture.snapshot(path)
