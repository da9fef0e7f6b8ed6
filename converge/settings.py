"""Every setting of Converge, read from the environment; env.example explains each.

A missing or malformed one stops the start with one line that names it.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from converge.fields import parse_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _hosts(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]


ROLE = env("CONVERGE_ROLE", default="")
PORT = env.int("PORT", default=8000)
DEBUG = env.bool("DEBUG", default=False)
# The bundled simulator and the demo workspace: a clock that can jump, no two-factor
# for owners, private addresses allowed. `check --deploy` refuses it.
DEMO = env.bool("DEMO", default=False)

SECRET_KEY = env("SECRET_KEY")
ENCRYPTION_KEYS = parse_keys(env("ENCRYPTION_KEYS"))
PUBLIC_URL = env("PUBLIC_URL").rstrip("/")
if not PUBLIC_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(
        "PUBLIC_URL must begin with http:// or https://, e.g. https://inbox.example.org"
    )
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_hosts(PUBLIC_URL)])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Meta ---------------------------------------------------------------------
GRAPH_URL = env("GRAPH_URL", default="https://graph.facebook.com").rstrip("/")
GRAPH_VERSION = env("GRAPH_VERSION", default="v23.0")
INSTAGRAM_GRAPH_URL = env(
    "INSTAGRAM_GRAPH_URL", default="https://graph.instagram.com"
).rstrip("/")
META_APP_ID = env("META_APP_ID", default="")
META_APP_SECRET = env("META_APP_SECRET")
META_APP_SECRETS_OLD = env.list("META_APP_SECRETS_OLD", default=[])
META_VERIFY_TOKEN = env("META_VERIFY_TOKEN")
META_CONFIG_ID = env("META_CONFIG_ID", default="")
INSTAGRAM_APP_ID = env("INSTAGRAM_APP_ID", default="")
INSTAGRAM_APP_SECRET = env("INSTAGRAM_APP_SECRET", default="")
FACEBOOK_DIALOG_URL = env("FACEBOOK_DIALOG_URL", default="https://www.facebook.com")
FACEBOOK_SDK_URL = env(
    "FACEBOOK_SDK_URL", default="https://connect.facebook.net/en_US/sdk.js"
)
INSTAGRAM_AUTH_URL = env("INSTAGRAM_AUTH_URL", default="https://www.instagram.com")
INSTAGRAM_TOKEN_URL = env("INSTAGRAM_TOKEN_URL", default="https://api.instagram.com")
# Off: support asks Meta for the codes of a recovery. On: whoever recovers does.
RECOVERY_SELF_SERVICE = env.bool("RECOVERY_SELF_SERVICE", default=False)
SUPPORT_EMAIL = env("SUPPORT_EMAIL", default="")
OUTGOING_PRIVATE_HOSTS = env.bool("OUTGOING_PRIVATE_HOSTS", default=False)

# --- Sending ------------------------------------------------------------------
DELIVER_THREADS = env.int("DELIVER_THREADS", default=32)
# A send that was begun and not recorded within this time is "unknown" (seconds).
SEND_LEASE = env.float("SEND_LEASE", default=45.0)
# Stored webhook events claimed by a process that died come back after this (seconds).
INGEST_LEASE = env.float("INGEST_LEASE", default=30.0)
RAW_EVENT_DAYS = env.int("RAW_EVENT_DAYS", default=30)

# --- Applications -------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.forms",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_q",
    "converge",
    "accounts",
    "business_numbers",
    "inbox",
    "flows",
    "broadcasts",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages are compressed; Django pads them, so that lengths do not tell secrets.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "converge.middleware.idle_sessions",
    "converge.middleware.private_pages",
    "converge.middleware.viewer_time_zone",
]

ROOT_URLCONF = "converge.urls"
ASGI_APPLICATION = "converge.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "converge.forms.FieldRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.frame.frame",
                "business_numbers.frame.alerts",
                "inbox.frame.bell",
            ],
            "builtins": ["converge.templatetags.converge"],
        },
    }
]

# --- Database -----------------------------------------------------------------
# Pages run in a fixed set of threads and every other process is one thread or a few,
# so a persistent, checked connection per thread is the pool (decision 0004).
DATABASES = {"default": env.db_url("DATABASE_URL")}
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL must be a postgresql:// address")
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "application_name": f"converge-{ROLE or 'tool'}",
        "connect_timeout": 5,
    },
}
DATABASE_URL = env("DATABASE_URL")
LISTEN_DATABASE_URL = env("LISTEN_DATABASE_URL", default=DATABASE_URL)
REDIS_URL = env("REDIS_URL", default="")

CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "django_cache",
        }
    ),
    # Rendered rows and the like: per process, always safe to lose.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}

# --- Jobs (engine: our rows are the queue, tasks are wake-ups) ------------------
WORKERS = env.int("WORKERS", default=2)
Q_CLUSTER = {
    "name": "converge",
    "orm": "default",
    "cache": "process",
    "ALT_CLUSTERS": {},
    "workers": WORKERS,
    "queue_limit": 2 * WORKERS,
    "bulk": WORKERS,
    "poll": 0.1,
    "timeout": 60,
    "retry": 300,
    "max_attempts": 3,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "max_rss": 300_000,
    "guard_cycle": 0.5,
    "label": "Jobs",
}

# --- People -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The e-mail is unique whatever its case: a constraint on lower(email) says so.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/inbox/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Converge"
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "accounts.views.session.csrf_failed"
SESSION_IDLE = 12 * 3600

# --- Mail ---------------------------------------------------------------------
EMAIL_URL = env("EMAIL_URL", default="")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("FROM_EMAIL", default=f"converge@{_hosts(PUBLIC_URL)}")

# --- Files --------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
# Where Meta fetches the files that go to Instagram; the same door under another name.
MEDIA_URL_STORE = env("MEDIA_URL_STORE", default="").rstrip("/")
if MEDIA_URL_STORE:
    ALLOWED_HOSTS.append(_hosts(MEDIA_URL_STORE))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# --- Language and time ----------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Safety ---------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^statusz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# --- Logs -----------------------------------------------------------------------
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "converge.logs.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django-q": {"level": "WARNING", "handlers": ["out"], "propagate": False},
        "uvicorn.access": {"level": "WARNING"},
    },
}
