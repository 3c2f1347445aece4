"""Django's settings, all derived from `portico.config.env`. Nothing here is for operators."""

from __future__ import annotations

from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from portico.config.assets import PACKAGE, assets_digest
from portico.config.database import database
from portico.config.env import development_keys, load, unsafe_for_production
from portico.config.logging import logging_settings
from portico.config.mail import mail_settings
from portico.config.running.postgres import url as embedded_url
from portico.kernel.site import Site

ENV = load()
if ENV.production and (reasons := unsafe_for_production(ENV)):
    raise SystemExit("Portico does not start in production: " + " ".join(reasons))

SECRET_KEY = ENV.django_secret_key
DEBUG = ENV.debug
PORTICO_SITE = Site(
    base_domain=ENV.base_domain,
    scheme=ENV.scheme,
    port=ENV.public_port,
    default_slug=ENV.default_workspace,
    any_host=not ENV.production,
    content_domain=ENV.domains.content_domain,
)
PORTICO_EGRESS = ENV.egress
PORTICO_ECHO_URL = ENV.egress_echo_url
PORTICO_KEY_RING = ENV.key_ring_keys or development_keys(ENV)
PORTICO_DOMAINS = ENV.domains
PORTICO_OIDC_PROVIDERS = ENV.oidc
PORTICO_TRUSTED_PROXIES = ENV.trusted_proxies
PORTICO_MAIL_RATE = ENV.mail_rate
PORTICO_DEMO_MAIL_PORT = ENV.demo_mail_port if ENV.demo else 0
ALLOWED_HOSTS = ["*"]  # config.hosts knows which hosts there are, and answers 404 to the others
DATA_DIR = ENV.data_dir.resolve()

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "portico.ui",
    "portico.outbox",
    "portico.audit",
    "portico.accounts",
    "portico.workspaces",
    "portico.files",
    "portico.secrets",
    "portico.basic_settings",
    "portico.egress",
    "portico.branding",
    "portico.about_us",
    "portico.copyright_notice",
    "portico.release_process",
    "portico.service_email",
    "portico.single_sign_on",
    "portico.domains",
    "portico.legal",
    "portico.two_factor",
    "portico.members",
    "portico.webhooks",
    "portico.targets",
    "portico.miniprograms",
    "portico.automated_checks",
    "portico.rollout",
    "portico.approvals",
    "portico.releases",
    "portico.portal",
    "portico.console",
    "portico.demo_mail",
    "portico.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "csp",
    "ninja",
]

MIDDLEWARE = [
    "portico.config.proxies.ProxyMiddleware",
    "portico.config.content.ContentHostMiddleware",
    "portico.config.health.HealthMiddleware",
    "portico.config.logging.RequestLogMiddleware",
    "portico.domains.certificates.AskMiddleware",
    "portico.config.health.CharsetMiddleware",
    "portico.config.visitors.VisitorPageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portico.config.hosts.HostMiddleware",
    "portico.basic_settings.http.PreviewMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portico.workspaces.door.BoundAuthenticationMiddleware",
    "portico.accounts.sessions.LastSeenMiddleware",
    "portico.workspaces.language.LanguageMiddleware",
    "portico.config.errors.ErrorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portico.workspaces.door.DoorMiddleware",
]

ROOT_URLCONF = "portico.config.urls.tenant"
WSGI_APPLICATION = "portico.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portico.config.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "portico.ui.templatetags.portico_ui",
            ],
        },
    }
]
FORM_RENDERER = "portico.ui.forms.Renderer"

DATABASES = {"default": database(ENV.database_url.get_secret_value() or embedded_url(DATA_DIR))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # Django's 300 would push out failed sign-ins that are being counted, and access tokens.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_sign_in"
ACCOUNT_ADAPTER = "portico.workspaces.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "portico.accounts.forms.PasswordLinkForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
MFA_ADAPTER = "portico.accounts.second_factor.adapter.SecondFactorAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation; see the ADR on accounts
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "verify_address": "5/h/user",
    "second_factor": "30/m/ip,5/5m/key,20/d/key",
    "confirm_password": "30/m/ip,5/5m/key",
    "passkey_sign_in": "30/m/ip",
}
SOCIALACCOUNT_ADAPTER = "portico.single_sign_on.adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # config.proxies has put the client's address into REMOTE_ADDR
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.production
SESSION_COOKIE_NAME = "__Host-portico-session" if ENV.production else "portico-session"
CSRF_COOKIE_SECURE = ENV.production
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-portico-csrf" if ENV.production else "portico-csrf"
CSRF_FAILURE_VIEW = "portico.config.handlers.csrf_failure"
LANGUAGE_COOKIE_NAME = "portico-language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = ENV.production

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENV.production else 0
SECURE_SSL_REDIRECT = False  # config.hosts redirects, once it knows that the host is ours
SECURE_PROXY_SSL_HEADER = None  # config.proxies has put the client's scheme into the request
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [str(PACKAGE / "locale")]

STATIC_URL = f"/static/{assets_digest()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"."
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {
        "BACKEND": "portico.files.storage.BucketStorage",
        "OPTIONS": {"bucket": ENV.bucket},
    }
    if ENV.bucket
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "portico.files.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "portico.files.uploads.SpoolingUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

vars().update(mail_settings(ENV, DATA_DIR))
LOGGING_CONFIG = None
logging_settings(ENV)

NINJA_PAGINATION_MAX_LIMIT = 200
SILENCED_SYSTEM_CHECKS: list[str] = []
