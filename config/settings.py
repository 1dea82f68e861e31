"""One settings file, driven by the environment; a wrong or missing value stops the start and names itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.services import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
TRUE = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
FALSE = frozenset(("false", "off", "n", "no", "0", ""))


def setting(name: str, kind: str, default: Any = environ.Env.NOTSET) -> Any:
    """Reads one variable; raises ImproperlyConfigured with its name when it is missing or malformed."""
    if kind == "bool" and env.str(name, default="0").lower() not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}: must be 1 or 0")
    try:
        return getattr(env, kind)(name, default=default)
    except (ValueError, TypeError, KeyError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


EMBEDDED = not env.str("DATABASE_URL", default="")
SERVICES = embedded.urls() if EMBEDDED else None

DEMO = setting("DEMO", "bool", EMBEDDED)
DEBUG = setting("DEBUG", "bool", False)
SECRET_KEY = setting("SECRET_KEY", "str", SERVICES.secret_key if SERVICES else environ.Env.NOTSET)
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY: must have at least 32 characters")
ALLOWED_HOSTS = setting("ALLOWED_HOSTS", "list", ["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG else [])
if not (DEMO or DEBUG or ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts that serve the product, separated by commas")
CSRF_TRUSTED_ORIGINS = setting("CSRF_TRUSTED_ORIGINS", "list", [])
MEDIA_ROOT = setting("MEDIA_ROOT", "str", str(embedded.var_dir() / "media"))


# Without it each row that a trigger looks at costs an error caught inside: forty times the time of an update.
NO_TRIGGER_IGNORED = "-c pgtrigger.ignore={}"


def database(name: str, url: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = dict(env.db_url_config(url))
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed["NAME"]:
        raise ImproperlyConfigured(f"{name}: must be postgres://user:password@host:port/name")
    parsed["ATOMIC_REQUESTS"] = False
    parsed["CONN_MAX_AGE"] = 60
    parsed["CONN_HEALTH_CHECKS"] = True
    options = parsed.setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} {NO_TRIGGER_IGNORED}".strip()
    return parsed


DATABASE_URL = setting("DATABASE_URL", "str", SERVICES.database_url if SERVICES else environ.Env.NOTSET)
DATABASE_OWNER_URL = setting(
    "DATABASE_OWNER_URL", "str", SERVICES.database_owner_url if SERVICES else DATABASE_URL
)
DATABASES = {
    "default": database("DATABASE_URL", DATABASE_URL),
    "owner": database("DATABASE_OWNER_URL", DATABASE_OWNER_URL),
}
WEB_DATABASE_ROLE = DATABASES["default"]["USER"]
REDIS_URL = setting("REDIS_URL", "str", SERVICES.redis_url if SERVICES else environ.Env.NOTSET)
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL: must be redis://:password@host:port/0")
# So many ids a sweep scans at a time: what a run that died has to do again at most.
SWEEP_SPAN = setting("SWEEP_SPAN", "int", 250_000)

INSTALLED_APPS = [
    "config.apps.ZhenxinConfig",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.guardian",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "import_export",
    "pgtrigger",
    "pghistory",
    "django_celery_beat",
    "axes",
    "django_htmx",
    "csp",
    "ninja",
    "authenticity.apps.AuthenticityConfig",
    "workplace.apps.WorkplaceConfig",
    "agents.apps.AgentsConfig",
    "customers.apps.CustomersConfig",
    "policies.apps.PoliciesConfig",
    "audits.apps.AuditsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workplace.middleware.StaffLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.malformed.MalformedMiddleware",
    "config.busy.BusyMiddleware",
    "workplace.middleware.PasswordChangeMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.shell",
            ],
            "builtins": ["workplace.templatetags.zhenxin"],
        },
    }
]

AUTH_USER_MODEL = "workplace.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "workplace.backends.PermissionsAtOnceBackend",
    "django.contrib.auth.backends.ModelBackend",
    "workplace.backends.RecordPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # has_perm(obj) answers through visible_to, in our own backend
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "config.views.login.locked_out"
CSRF_FAILURE_VIEW = "config.views.errors.csrf_failed"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "third_party"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = embedded.var_dir() / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG or DEMO
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CACHES["default"]["KEY_PREFIX"] = "zhenxin"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (DEMO or DEBUG)
SECURE_SSL_REDIRECT = setting("SECURE_SSL_REDIRECT", "bool", not (DEMO or DEBUG))
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked over plain HTTP, from inside
SECURE_HSTS_SECONDS = 0 if DEMO or DEBUG else 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not (DEMO or DEBUG) else None
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

try:
    EMAIL = env.email_url_config(setting("EMAIL_URL", "str", "consolemail://"))
except ImproperlyConfigured as error:
    raise ImproperlyConfigured(f"EMAIL_URL: {error}") from error
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend" if DEMO else EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = setting("EMAIL_FROM", "str", "zhenxin@localhost")
PUBLIC_URL = setting("PUBLIC_URL", "str", "").rstrip("/")
if PUBLIC_URL and not PUBLIC_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("PUBLIC_URL: must begin with http:// or https://")

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

HASH_KEY = SECRET_KEY.encode()
IMPORT_ROW_LIMIT = 20_000
IMPORT_BYTES_LIMIT = 20 * 1024 * 1024
BULK_ROW_LIMIT = 50_000_000
BULK_BYTES_LIMIT = 8 * 1024 * 1024 * 1024
EVIDENCE_BYTES_LIMIT = 10 * 1024 * 1024
UPLOAD_DAYS = 14
# A year and a bit: whoever comes back from a long leave still finds what was told.
NOTICE_DAYS = setting("NOTICE_DAYS", "int", 400)
METRICS_TOKEN = setting("METRICS_TOKEN", "str", "")

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Zhenxin"),
    "SITE_HEADER": _("Zhenxin"),
    "SITE_SUBHEADER": _("Customer data authenticity"),
    "SITE_SYMBOL": "verified_user",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SITE_URL": None,
    "ENVIRONMENT": "config.navigation.environment",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "config.navigation.favicon"}],
    "STYLES": ["config.navigation.stylesheet"],
    "SCRIPTS": ["config.navigation.script", "config.navigation.search_script"],
    "LOGIN": {"redirect_after": "/"},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "config.navigation.sidebar",
    },
    "BORDER_RADIUS": "6px",
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.QuietFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "texts": DEBUG,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "apprise": {"level": "CRITICAL"},  # it may write addresses; failures stand on the row
    },
}
