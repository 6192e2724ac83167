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


def _identity_providers(settings: Settings) -> list[dict[str, object]]:
    if not settings.oidc_issuer:
        return []
    app: dict[str, object] = {
        "provider_id": "oidc",
        "name": settings.oidc_name,
        "client_id": settings.oidc_client,
        "secret": settings.oidc_secret,
        "settings": {"server_url": settings.oidc_issuer},
    }
    return [app]


SECRET_KEY = _secret_key(PLATFORM.home / "secret-key")
DEBUG = PLATFORM.debug
ALLOWED_HOSTS = list(PLATFORM.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [PLATFORM.public_url] if PLATFORM.public_url else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "yunyue.doors.web.accounts",  # before allauth, whose pages have our look here
    "yunyue.doors.web.access",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "yunyue.doors.web.console",
    "yunyue.doors.web.monitor",
    "yunyue.doors.web.tables",
    "yunyue.doors.web.orders",
    "yunyue.doors.web.tickets",
    "yunyue.doors.web.scores",
    "yunyue.doors.web.archive",
    "yunyue.doors.web.crypto",
    "yunyue.doors.web.containers",
    "yunyue.doors.web.transcode",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yunyue.doors.web.bodies.Bodies",
    "yunyue.doors.web.access.noting.Noting",
    "yunyue.doors.web.accounts.gate.Gate",
    "yunyue.doors.web.tables.exporting.Exporting",
]
ROOT_URLCONF = "yunyue.doors.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["yunyue.doors.web.console.templatetags.marks"],
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
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "person")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PLATFORM.password_length},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "yunyue.doors.web.accounts.passwords.ManyKinds",
        "OPTIONS": {"classes": PLATFORM.password_classes},
    },
    {
        "NAME": "yunyue.doors.web.accounts.passwords.NotUsedBefore",
        "OPTIONS": {"remembered": PLATFORM.password_history},
    },
]
PASSWORD_AGE_DAYS = PLATFORM.password_age_days
IDLE_SECONDS = PLATFORM.idle_minutes * 60
LOCKOUT_ATTEMPTS = PLATFORM.lockout_attempts
LOCKOUT_SECONDS = PLATFORM.lockout_minutes * 60
SECOND_FACTOR_ROLES = frozenset(PLATFORM.second_factor_roles)

# Accounts are opened by administrators: nobody signs up, and there is no e-mail in an account.
ACCOUNT_ADAPTER = "yunyue.doors.web.accounts.adapters.Passwords"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # accounts/throttle is the one lock-out there is
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "yunyue.doors.web.accounts.forms.Login",
    "reauthenticate": "yunyue.doors.web.accounts.factor_forms.PasswordAgain",
}
MFA_ADAPTER = "yunyue.doors.web.accounts.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # one step of 30 s for clocks that are off
MFA_RATE_LIMITS = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PLATFORM.secure  # browsers allow it at localhost only
MFA_FORMS = {
    "authenticate": "yunyue.doors.web.accounts.factor_forms.Code",
    "reauthenticate": "yunyue.doors.web.accounts.factor_forms.CodeAgain",
    "activate_totp": "yunyue.doors.web.accounts.factor_forms.FirstCode",
    "authenticate_webauthn": "yunyue.doors.web.accounts.factor_forms.Key",
    "reauthenticate_webauthn": "yunyue.doors.web.accounts.factor_forms.KeyAgain",
    "login_webauthn": "yunyue.doors.web.accounts.factor_forms.KeyAlone",
    "add_webauthn": "yunyue.doors.web.accounts.factor_forms.NewKey",
}
SOCIALACCOUNT_ADAPTER = "yunyue.doors.web.accounts.adapters.Identities"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # an identity linked at somebody else's desk would be a way in for good
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": _identity_providers(PLATFORM), "OAUTH_PKCE_ENABLED": True}}

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
