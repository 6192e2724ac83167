"""Django's settings, made of the platform's own: accounts in the home folder, Chinese first, deny first.

Reading this module writes nothing; `setup.prepare` makes the folder and the secret key.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from yunyue.answer import Refused
from yunyue.host.settings import Settings, read

_settings = read(os.environ)
if isinstance(_settings, Refused):
    raise ValueError(str(_settings))
PLATFORM: Settings = _settings
HERE = Path(__file__).parent


def _secret_key(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        return secrets.token_urlsafe(48)


def _database(settings: Settings) -> dict[str, object]:
    if settings.database == "sqlite":
        options = {"timeout": 10, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": settings.home / "accounts.sqlite",
            "OPTIONS": options,
        }
    url = urlsplit(settings.database)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/") or "yunyue",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret_key(PLATFORM.home / "secret-key")
DEBUG = PLATFORM.debug
ALLOWED_HOSTS = list(PLATFORM.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [PLATFORM.public_url] if PLATFORM.public_url else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "yunyue.doors.web.accounts",
    "yunyue.doors.web.console",
    "yunyue.doors.web.tables",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yunyue.doors.web.accounts.gate.Gate",
]
ROOT_URLCONF = "yunyue.doors.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yunyue.doors.web.console.layout.layout",
            ],
        },
    }
]
DATABASES = {"default": _database(PLATFORM)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "yunyue.doors.web.accounts.passwords.NotUsedBefore", "OPTIONS": {"remembered": 5}},
]
PASSWORD_AGE_DAYS = 90
IDLE_SECONDS = 30 * 60
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "console:today"
LOGOUT_REDIRECT_URL = "accounts:login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PLATFORM.secure
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if PLATFORM.secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
LOGGING_CONFIG = None
