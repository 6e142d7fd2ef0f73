"""All settings. Every one that an operator may change comes from the environment (README, *Configuration*)."""

import sys
from datetime import timedelta
from pathlib import Path

from parley.core.configuration import database_from_url, mail_from_url, refuse_debug, secret_key
from parley.core.environment import Environment
from parley.core.logs import logging_config

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- where and how it runs ---------------------------------------------------------------------------

PARLEY_ENV = env.one_of("PARLEY_ENV", ["local", "production"], default="local")
PRODUCTION = PARLEY_ENV == "production"
PARLEY_DATA_DIR = Path(env.text("PARLEY_DATA_DIR", default=str(BASE_DIR / ".parley"))).expanduser().resolve()
DEBUG = env.switch("PARLEY_DEBUG", default=False)
refuse_debug(DEBUG, production=PRODUCTION)
SECRET_KEY = secret_key(given=env.text("SECRET_KEY"), production=PRODUCTION, data_dir=PARLEY_DATA_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PORT = env.whole("PORT", default=8000, least=1, most=65535)
PARLEY_BASE_URL = env.origin("PARLEY_BASE_URL", default=f"http://localhost:{PORT}")

WSGI_APPLICATION = "config.wsgi.application"
ROOT_URLCONF = "config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
MEDIA_ROOT = PARLEY_DATA_DIR / "files"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "corsheaders",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "parley.core",
    "parley.organizations",
    "parley.hiring",
    "parley.interviews",
    "parley.llm",
    "parley.conversations",
    "parley.evaluations",
    "parley.notifications",
    "parley.webhooks",
    "parley.privacy",
    "parley.api",
    "parley.web",  # before allauth: its templates stand in for allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "parley.demo",
]

MIDDLEWARE = [
    "parley.core.middleware.RequestLog",
    "parley.web.errors.PagesForBrowsers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "parley.core.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "parley.web.acting.ActingMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parley.web.bell.bell",
            ],
        },
    },
]

# --- database and jobs ----------------------------------------------------------------------------------

WEB_WORKERS = env.whole("WEB_WORKERS", default=2, least=1, most=256)
# Of each worker: threads that work, of which more only wait for each other, as the work is the processor's; and
# threads beside them that may wait for a language model.
WEB_THREADS = env.whole("WEB_THREADS", default=4, least=1, most=1024)
PATIENT_PATHS = ("/session/answers/", "/room/")  # which ask a language model where it is due (parley.core.turnstile)
WEB_WAITING = env.whole("WEB_WAITING", default=256, least=1, most=4096)
DATABASE_URL = env.text("DATABASE_URL")
DATABASES = {"default": database_from_url(DATABASE_URL, pool_size=env.whole("PARLEY_DB_POOL", default=8))}
PARLEY_WORKERS = env.whole("PARLEY_WORKERS", default=4, least=1, most=64)
PROCRASTINATE_IMPORT_PATHS = [
    f"parley.{part}.tasks" for part in ("core", "interviews", "notifications", "organizations", "webhooks")
]

# --- language models --------------------------------------------------------------------------------------

AI_MODEL = env.text("PARLEY_AI_MODEL")  # such as openai:gpt-5-mini; unset: the scripted interviewer, ratings by people
AI_FALLBACK_MODEL = env.text("PARLEY_AI_FALLBACK_MODEL")
AI_INTERVIEWER_SECONDS = env.whole("PARLEY_AI_INTERVIEWER_SECONDS", default=25, least=1, most=300)
AI_JUDGE_SECONDS = env.whole("PARLEY_AI_JUDGE_SECONDS", default=300, least=1, most=3600)
AI_PRICES = env.prices("PARLEY_AI_PRICES")  # US dollars for a million tokens, where none are published

# --- people -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organizations.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(days=7).total_seconds())  # also how long an invitation of a colleague lasts
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "parley.web.errors.forged"
ACCOUNT_ADAPTER = "parley.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever is here was invited by e-mail, or made by somebody who may
ACCOUNT_SESSION_REMEMBER = False  # a login ends with the browser, or after SESSION_COOKIE_AGE
ACCOUNT_RATE_LIMITS = False  # attempts are counted in the database, with those of the API: parley/web/accounts.py
MFA_ADAPTER = "parley.web.accounts.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Parley"
MFA_TOTP_TOLERANCE = 1  # codes: a phone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "parley.web.accounts.CodeForm",
    "reauthenticate": "parley.web.accounts.CodeAgainForm",
    "activate_totp": "parley.web.accounts.FirstCodeForm",
}
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
PARLEY_REGISTRATION = env.switch("PARLEY_REGISTRATION", default=True)
PARLEY_DEMO = env.switch("PARLEY_DEMO", default=True) and not PRODUCTION

# --- scheduling -------------------------------------------------------------------------------------------

PARLEY_SLOT_HORIZON_DAYS = env.whole("PARLEY_SLOT_HORIZON_DAYS", default=60, most=730)
PARLEY_INVITATION_DAYS = env.whole("PARLEY_INVITATION_DAYS", default=30, least=1, most=730)

# --- the AI as a judge --------------------------------------------------------------------------------------

PARLEY_AI_SAMPLES = env.whole("PARLEY_AI_SAMPLES", default=3, least=1, most=9)

# --- API --------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["parley.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["parley.api.wire.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["parley.api.wire.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "parley.api.wire.AlwaysJSON",
    "DEFAULT_PAGINATION_CLASS": "parley.api.pagination.LinkHeaderPagination",
    "DEFAULT_FILTER_BACKENDS": ["parley.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "parley.api.schema.ProblemAutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "parley.api.errors.problem_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": False,
    "NUM_PROXIES": env.whole("PARLEY_TRUSTED_PROXIES", default=0, most=20),
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 (a model)
REST_KNOX = {
    "TOKEN_TTL": timedelta(hours=env.whole("PARLEY_TOKEN_HOURS", default=24 * 30, least=1)),
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "DESCRIPTION": (BASE_DIR / "parley" / "api" / "overview.md").read_text(),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "PATH_CONVERTER_OVERRIDES": {"anyuuid": {"type": "string", "format": "uuid"}},
    "SCHEMA_PATH_PREFIX": r"/api/",
    "ENUM_NAME_OVERRIDES": {
        "InterviewType": "parley.interviews.rules.states.InterviewType",
        "SlotType": "parley.interviews.rules.states.SlotType",
        "SlotStatus": "parley.interviews.rules.states.SlotStatus",
        "InterviewStatus": "parley.interviews.rules.states.InterviewStatus",
        "ScheduleStatus": "parley.interviews.rules.states.ScheduleStatus",
        "ConflictType": "parley.interviews.rules.states.ConflictType",
        "Resolution": "parley.interviews.rules.states.Resolution",
        "WaitingStatus": "parley.interviews.rules.states.WaitingStatus",
        "ReseatMode": "parley.interviews.rules.policy.ReseatMode",
        "SessionState": "parley.conversations.rules.states.SessionState",
        "SessionEnding": "parley.conversations.rules.states.Ending",
        "TurnRole": "parley.conversations.rules.states.Role",
        "TurnKind": "parley.conversations.rules.states.TurnKind",
        "MailKind": "parley.notifications.rules.Kind",
        "NotificationKind": "parley.notifications.inbox_rules.Topic",
        "Role": "parley.organizations.models.Role",
        "MessageState": "parley.notifications.rules.State",
        "EvaluationState": "parley.evaluations.rules.states.EvaluationState",
        "JudgeState": "parley.evaluations.rules.judging.JudgeState",
        "SampleOutcome": "parley.evaluations.rules.judging.Outcome",
        "Verdict": "parley.evaluations.rules.states.Verdict",
        "RequestKind": "parley.evaluations.rules.states.Wish",
        "RequestState": "parley.evaluations.rules.states.RequestState",
        "DeletionReason": "parley.privacy.rules.proofs.Reason",
        "DeliveryState": "parley.webhooks.rules.retries.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "parley.api.schema.document_problems",
        "parley.api.webhook_schema.document_webhooks",
    ],
}
PARLEY_THROTTLE = {
    "login": env.rate("PARLEY_THROTTLE_LOGIN", default="10/minute"),
    "invite": env.rate("PARLEY_THROTTLE_INVITE", default="100/hour"),
    "register": env.rate("PARLEY_THROTTLE_REGISTER", default="20/minute"),
}
PARLEY_MAX_JSON_BYTES = 2_500_000
PARLEY_MAX_RESUME_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = PARLEY_MAX_RESUME_BYTES + 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # the words of a kit with some hundred questions
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_EXPOSE_HEADERS = ["Idempotency-Replayed", "Link", "X-Total-Count", "X-Request-ID", "Retry-After"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "x-request-id"]
CORS_URLS_REGEX = r"^/api/.*$"

# --- mail -------------------------------------------------------------------------------------------------

vars().update(mail_from_url(env.text("EMAIL_URL"), data_dir=PARLEY_DATA_DIR))
PARLEY_MAILS_PER_SECOND = env.whole("PARLEY_MAILS_PER_SECOND", default=10, least=1, most=1000)
DEFAULT_FROM_EMAIL = env.text("PARLEY_FROM_EMAIL", default="Parley <parley@localhost>")

# --- webhooks ---------------------------------------------------------------------------------------------

PARLEY_ALLOW_PRIVATE_WEBHOOKS = env.switch("PARLEY_ALLOW_PRIVATE_WEBHOOKS", default=False)

# --- web --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français"), ("hi", "हिन्दी")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.switch("PARLEY_SSL_REDIRECT", default=False)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.switch("PARLEY_BEHIND_TLS_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PARLEY_BASE_URL.startswith("https://")
SECURE_HSTS_SECONDS = env.whole("PARLEY_HSTS_SECONDS", default=0, most=10**9)
SESSION_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PARLEY_BASE_URL]

# --- logs -------------------------------------------------------------------------------------------------

LOGGING_CONFIG = "parley.core.logs.configure"
LOGGING = logging_config(
    level=env.one_of("PARLEY_LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO"),
    pretty=sys.stderr.isatty(),
)
