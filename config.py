"""One class per environment. Production refuses to boot without its secrets."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent

#: Secrets that stand in the repository; anything signed with them is worth nothing.
DEVELOPMENT_SECRET = "portail-developpement-seulement"
DEVELOPMENT_KEY = base64.b64encode(b"cle-de-developpement-32-octets!!").decode()


class ConfigError(RuntimeError):
    """A setting that the environment must give is missing or known to everyone."""


class Config:
    """What holds everywhere. Each value can be given by an environment variable of the same name."""

    ENVIRONMENT = "development"
    APP_NAME = "Portail Pro"
    SECRET_KEY = DEVELOPMENT_SECRET
    #: "id:base64 of 32 bytes", comma-separated; the first encrypts, all decrypt (rotation).
    NISS_KEYS = f"dev:{DEVELOPMENT_KEY}"
    NISS_HASH_KEY = DEVELOPMENT_KEY

    #: Empty: PostgreSQL embedded in var/postgres.
    DATABASE_URL = ""
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    #: The ORM half of the isolation (app/scope.py). Only the isolation tests turn it off, to show that
    #: row-level security holds by itself.
    SCOPE_ORM_GUARD = True

    #: OpenID Connect provider (CSAM/FAS in production, the local one in development).
    OIDC_ISSUER = "http://localhost:8001"
    OIDC_CLIENT_ID = "portail"
    OIDC_CLIENT_SECRET = DEVELOPMENT_SECRET
    OIDC_SCOPES = "openid profile egovnrn"
    #: acr values that count as « connexion forte » (eID, itsme), comma-separated.
    OIDC_STRONG_ACR = "urn:be:fedict:iam:fas:Level500,urn:be:fedict:iam:fas:Level450"
    #: acr values that count as « connexion faible »; any other is refused.
    OIDC_WEAK_ACR = "urn:be:fedict:iam:fas:Level400"

    AUTH_TYPE = 4  # flask_appbuilder.const.AUTH_OAUTH, without importing FAB here
    AUTH_USER_REGISTRATION = False
    AUTH_ROLE_ADMIN = "administrateur ONE"
    AUTH_ROLE_PUBLIC = "public"
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_API = False
    FAB_ADD_MENU_API = False
    FAB_ADD_OPENAPI_VIEWS = False
    FAB_API_MAX_PAGE_SIZE = 100
    FAB_ADD_SECURITY_VIEW_MENU_VIEW = False
    FAB_ADD_SECURITY_PERMISSION_VIEW = False
    FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW = False
    FAB_BASE_TEMPLATE = "base.html"
    FAB_SAFE_REDIRECT_HOSTS: tuple[str, ...] = ()

    BABEL_DEFAULT_LOCALE = "fr"
    BABEL_DEFAULT_TIMEZONE = "Europe/Brussels"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
    LANGUAGES = {"fr": {"flag": "be", "name": "Français"}}

    SESSION_COOKIE_NAME = "portail"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    #: A session left alone ends after this, and in any case after the second (ASVS 7.3).
    SESSION_IDLE = timedelta(minutes=30)
    SESSION_ABSOLUTE = timedelta(hours=8)
    #: How long before either end the person is warned (WCAG 2.2.1: at least 20 seconds).
    SESSION_WARNING = timedelta(minutes=2)

    WTF_CSRF_TIME_LIMIT = None  # as long as the session: a page left open must still save
    MAX_CONTENT_LENGTH = 6 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    BOOTSTRAP_SERVE_LOCAL = True
    #: Browsers keep static files for good: their addresses change with their content.
    KEEP_STATIC_FILES = True

    RATELIMIT_ENABLED = True
    AUTH_RATE_LIMITED = False  # ours is per address and per name, see app/security/views.py
    RATELIMIT_LOGIN = "10 per minute; 50 per hour"
    RATELIMIT_STORAGE_URI = "portail-postgresql://"

    #: Where e-mails go out; MAIL_HOST empty: written as .eml files into var/courriels (never in production).
    MAIL_HOST = ""
    MAIL_PORT = 25
    MAIL_TLS = "starttls"  # or "tls", or "aucun" for a server on the same machine
    MAIL_USER = ""
    MAIL_PASSWORD = ""
    MAIL_FROM = "ne-pas-repondre@portail.invalid"
    #: The portal's own address, as e-mails give it.
    PORTAL_URL = "http://localhost:8000"

    #: Hosts the portal answers for; a request for any other is refused.
    TRUSTED_HOSTS = ["localhost", "127.0.0.1"]
    #: How many proxies stand in front and say who asks and whether over TLS. None is believed by default.
    TRUSTED_PROXIES = 0

    def __init__(self) -> None:
        for name in dir(type(self)):
            value = os.environ.get(name)
            # ENVIRONMENT follows from the class: other programs use that name for themselves.
            if name.isupper() and name != "ENVIRONMENT" and value is not None:
                setattr(self, name, _convert(value, getattr(self, name)))


class Development(Config):
    """One machine, fictional people, the local identity provider."""

    KEEP_STATIC_FILES = False  # a file just edited shows on the next request, without a restart


class Testing(Config):
    """As development, with a database of its own; the real limits stay on."""

    ENVIRONMENT = "testing"
    TESTING = True
    SERVER_NAME = None


_SECRETS = ("SECRET_KEY", "NISS_KEYS", "NISS_HASH_KEY", "OIDC_CLIENT_SECRET")
#: Protections that an environment variable must not be able to take away.
_ALWAYS_ON = (
    "SCOPE_ORM_GUARD", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "RATELIMIT_ENABLED",
)  # fmt: skip


class Production(Config):
    """Refuses to boot with a secret that is missing or stands in the repository."""

    ENVIRONMENT = "production"
    SESSION_COOKIE_NAME = "__Host-portail"
    SESSION_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"

    def __init__(self) -> None:
        super().__init__()
        for name in _SECRETS:
            value = str(getattr(self, name))
            if len(value) < 32 or DEVELOPMENT_SECRET in value or DEVELOPMENT_KEY in value:
                raise ConfigError(f"{name}: give a secret of its own, of at least 32 characters")
        if len({str(getattr(self, name)).rpartition(":")[2] for name in _SECRETS}) < len(_SECRETS):
            raise ConfigError(f"{', '.join(_SECRETS)}: each needs a value of its own")
        for name in _ALWAYS_ON:
            if not getattr(self, name):
                raise ConfigError(f"{name}: cannot be turned off in production")
        if not self.DATABASE_URL:
            raise ConfigError("DATABASE_URL: name the PostgreSQL database")
        if "localhost" in self.OIDC_ISSUER or not self.OIDC_ISSUER.startswith("https://"):
            raise ConfigError("OIDC_ISSUER: give the address of the identity provider, over https")
        if set(self.TRUSTED_HOSTS) <= {"localhost", "127.0.0.1"}:
            raise ConfigError("TRUSTED_HOSTS: name the hosts of the portal")


ENVIRONMENTS: dict[str, type[Config]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def _convert(value: str, default: object) -> object:
    """Read an environment variable in the type of the default it replaces."""
    if isinstance(default, bool):
        return value.strip().lower() in {"1", "true", "oui", "yes"}
    if isinstance(default, int):
        return int(value)
    if isinstance(default, timedelta):
        return timedelta(seconds=int(value))
    if isinstance(default, list):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
