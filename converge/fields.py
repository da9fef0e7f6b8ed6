"""A column that holds a secret: AES-256-GCM, several keys, bound to its row.

A sealed value copied to another row, column or workspace does not open: its place is
authenticated with it. Reading the field gives a `Sealed`, which shows nothing; only
`.open()` decrypts, and only the Graph client calls it.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

VERSION = "v1"
NONCE_BYTES = 12


class SealError(Exception):
    """The value cannot be opened: wrong key, wrong row, or it was changed."""


def parse_keys(text: str) -> dict[str, bytes]:
    """`"k2:<base64>,k1:<base64>"` → `{"k2": …, "k1": …}`; the first one writes."""
    keys = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or "|" in key_id or len(key) != 32:
            raise ImproperlyConfigured(
                "ENCRYPTION_KEYS must be a list of name:key with 32 bytes in base64 "
                "each, e.g. k1:$(openssl rand -base64 32)"
            )
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS must hold at least one key")
    return keys


def seal(plain: str, place: str) -> str:
    key_id, key = next(iter(settings.ENCRYPTION_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
    return f"{VERSION}|{key_id}|{base64.b64encode(nonce + sealed).decode()}"


def unseal(text: str, place: str) -> str:
    version, key_id, encoded = text.split("|")
    key = settings.ENCRYPTION_KEYS.get(key_id)
    if version != VERSION or key is None:
        raise SealError(f"no key named {key_id!r} is configured")
    raw = base64.b64decode(encoded)
    try:
        return (
            AESGCM(key)
            .decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
            .decode()
        )
    except InvalidTag as error:
        raise SealError("this secret does not belong here") from error


class Sealed:
    """What a secret column holds. Falsy when empty; never prints its content."""

    def __init__(self, text: str, place: str):
        self._text = text
        self._place = place

    def open(self) -> str:
        return unseal(self._text, self._place)

    @property
    def key_id(self) -> str:
        return self._text.split("|")[1] if self._text else ""

    def __bool__(self):
        return bool(self._text)

    def __repr__(self):
        return "<sealed>" if self._text else "<empty>"

    __str__ = __repr__

    def __reduce__(self):
        raise TypeError("a sealed value is never pickled")


class _Column:
    def __init__(self, field):
        self.field = field

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        stored = instance.__dict__.get(self.field.attname, "")
        return Sealed(stored, self.field.place(instance))

    def __set__(self, instance, value):
        if isinstance(value, Sealed):
            if value._place != self.field.place(instance):
                raise SealError("a sealed value cannot be moved to another row")
            value = value._text  # the same row, read again
        if value and not value.startswith(f"{VERSION}|"):
            value = seal(value, self.field.place(instance))
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Assigning plain text seals it at once, so the row needs its pk (a uuid) and
    `workspace_id` first; `BusinessAccount.keep_token` does that in order."""

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Column(self))

    def place(self, instance) -> str:
        table = instance._meta.db_table
        return f"{table}:{self.column}:{instance.pk}:{instance.workspace_id}"

    def from_db_value(self, value, expression, connection):
        return value or ""

    def pre_save(self, model_instance, add):
        return model_instance.__dict__.get(self.attname, "")

    def get_prep_value(self, value):
        if value and not str(value).startswith(f"{VERSION}|"):
            raise SealError("a secret is written through its row, never by update()")
        return value
