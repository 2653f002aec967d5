"""Who signs in, with what, and for how long."""

from __future__ import annotations

import os

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["accounts.hashing.BoundedArgon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
# How many passwords and secrets one process hashes at once, and how many more callers wait for that; all others are told to come
# again. Together fewer than a process has web threads (4): whatever is tried, a page is always answered.
HASHES_AT_ONCE = int(os.environ.get("HASHES_AT_ONCE", "1"))
HASHES_WAITING = int(os.environ.get("HASHES_WAITING", "1"))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_ENGINE = "foundation.sessions.engine"
# Seconds: a session ends after a working day, and after an hour without use.
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_LONGEST_SECONDS", str(8 * 3600)))
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", "3600"))
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.faults.csrf_failure"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# The posts of which a one-time code is demanded, unless the district names its own (GB/T 22239-2019, 8.1.4.1).
SECOND_FACTOR_POSTS = [
    "leader_in_charge",
    "head",
    "convener",
    "government_clerk",
    "government_leader",
    "administrator",
    "security_administrator",
    "auditor",
]
OTP_TOTP_ISSUER = "移送"
