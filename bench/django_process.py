"""A Django process that has served some requests: a real heap for the benchmarks.

usage: django_process.py AGENT_FOLDER OUT
"""
import gc
import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
import ouroboros_capture  # noqa: E402

try:
    import django
except ImportError:
    print(json.dumps({"missing": "django"}))
    sys.exit(0)
from django.conf import settings  # noqa: E402

settings.configure(
    DEBUG=False,
    SECRET_KEY="benchmark",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]


def main():
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    User.objects.create_superuser("admin", "admin@example.com", "secret")
    client = Client()
    client.login(username="admin", password="secret")
    for number in range(100):
        assert client.get("/admin/auth/user/").status_code == 200
        User.objects.create_user("user%d" % number)
    gc.collect()
    start = time.time()
    ouroboros_capture.snapshot(sys.argv[2])
    print(json.dumps({"seconds": time.time() - start, "bytes": os.path.getsize(sys.argv[2])}))


if __name__ == "__main__":
    main()
