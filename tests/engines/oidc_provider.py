"""A real OpenID Connect provider in a process of its own: another Django, with allauth's own identity provider."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLIENT, SECRET = "yunyue", "a-secret-between-the-two"
PERSON, PASSWORD = "zhangsan", "at-the-provider-77"

PROGRAM = """
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

folder, port, callback, client, secret, person, password = sys.argv[1:]
key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
settings.configure(
    SECRET_KEY="of the provider only",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="__main__",
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
        "allauth", "allauth.account", "allauth.idp.oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware", "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/provider.sqlite"}},
    ACCOUNT_LOGIN_METHODS={"username"}, ACCOUNT_SIGNUP_FIELDS=["username*", "password1*"],
    ACCOUNT_EMAIL_VERIFICATION="none", ACCOUNT_RATE_LIMITS=False, LOGIN_REDIRECT_URL="/",
    IDP_OIDC_PRIVATE_KEY=key.decode(), USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls"))]
call_command("migrate", verbosity=0)

from allauth.idp.oidc.models import Client
from django.contrib.auth.models import User

User.objects.create_user(person, password=password)
Client.objects.create(
    id=client, secret=make_password(secret), name="Yunyue", scopes="openid\\nprofile\\nemail",
    redirect_uris=callback, skip_consent=True,
)


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


server = make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=Quiet)
print("ready", flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Provider:
    """Where it is, and who has an identity there."""

    issuer: str
    person: str = PERSON
    password: str = PASSWORD


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


@contextmanager
def provider(folder: Path, callback: str) -> Iterator[Provider]:
    """Runs a provider that knows us as one client; `callback` is where it sends people back to."""
    port = free_port()
    words = [str(folder), str(port), callback, CLIENT, SECRET, PERSON, PASSWORD]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUNYUE_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *words], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.communicate(timeout=30)
