"""What the peers share: clients, the log, answers over HTTP, texts of the service's own catalogues, hashes and seals."""

import base64
import functools
import hashlib
import hmac
import json
import os
import pathlib
import sys
import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import boto3
from botocore.config import Config

ZONE = ZoneInfo(os.environ.get("FEED_TIME_ZONE", "UTC"))
AGENCY, HOTLINE = os.environ.get("AGENCY_NAME", ""), os.environ.get("HOTLINE_NUMBER", "")

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


def client(service, attempts=5):
    return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, max_pool_connections=20))


def log(**fields):
    print(json.dumps({"time": datetime.now(timezone.utc).isoformat(), "level": "INFO", **fields}), file=sys.stdout, flush=True)


class Problem(Exception):
    """An answer that is an error, by RFC 9457."""

    def __init__(self, status, code, errors=()):
        super().__init__(code)
        self.status, self.code, self.errors = status, code, errors


def answer(status, body, **headers):
    kind = "application/json" if status < 400 else "application/problem+json"
    return {"statusCode": status, "headers": {**HEADERS, "content-type": kind, "content-language": "en", **headers}, "body": json.dumps(body)}


def over_http(route):
    """Makes a handler of an HTTP API's events of a function that takes the fields of a JSON object,
    and the event, and gives an answer."""

    def wrap(handle):
        @functools.wraps(handle)
        def handler(event, context):
            began = time.perf_counter()
            try:
                response = handle(fields_of(event), event)
            except Problem as p:
                body = {"type": "about:blank", "title": p.code, "status": p.status, "code": p.code}
                if p.errors:
                    body["errors"] = [{"field": field, "problem": problem} for field, problem in p.errors]
                response = answer(p.status, body)
            log(message="request", request_id=context.aws_request_id, route=route, status=response["statusCode"],
                ms=round(1000 * (time.perf_counter() - began), 3))
            return response

        return handler

    return wrap


def fields_of(event):
    """The fields of the request's body: one JSON object of at most 16 KiB, no field twice."""
    headers = event.get("headers") or {}
    if headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Problem(415, "wrong_type")
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    if len(body) > 16 << 10:
        raise Problem(413, "too_large")

    def once(pairs):
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise Problem(400, "invalid")
        return fields

    try:
        fields = json.loads(body, object_pairs_hook=once)
    except ValueError:
        raise Problem(400, "malformed") from None
    if not isinstance(fields, dict):
        raise Problem(400, "malformed")
    return fields


def known_fields(fields, *names):
    errors = [(name, "unknown") for name in fields if name not in names]
    errors += [(name, "type") for name, value in fields.items() if name in names and not isinstance(value, str)]
    if errors:
        raise Problem(400, "invalid", errors)


def a_number(text):
    """Nine digits, of 7 to 9 as people write them."""
    digits = text.strip().upper().removeprefix("A").replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 9):
        raise ValueError("not an A-number")
    return digits.zfill(9)


with open(os.environ["PEER_COUNTRIES"], encoding="utf-8") as file:
    COUNTRIES = json.load(file)  # names and codes in lower case → code


def country(text):
    return COUNTRIES[text.strip().lower()]


CATALOGUE = {}
for kind in ("texts", "pages"):
    CATALOGUE.update(json.loads(pathlib.Path(os.environ["PEER_LOCALES"], f"{kind}.en.json").read_text(encoding="utf-8")))


def say(message, **values):
    text = CATALOGUE[message]
    for name, value in values.items():
        text = text.replace("{{." + name + "}}", value)
    return text


def date(at):
    at = at.astimezone(ZONE)
    return f"{at:%B} {at.day}, {at.year}"


def date_time(at):
    at = at.astimezone(ZONE)
    return f"{date(at)}, {at.hour % 12 or 12}:{at:%M %p %Z}"


def moment(text):
    return datetime.fromisoformat(text)


def stamp(at):
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.now(timezone.utc)


def disclosable(record, at):
    """The one rule: an adult by the date of birth on file, of whom a file has said that no law protects them."""
    if record.get("protected", {}).get("BOOL") is not False or "expires_at" in record and int(record["expires_at"]["N"]) <= at.timestamp():
        return False
    try:
        year, month, day = map(int, record["date_of_birth"]["S"].split("-"))
    except (KeyError, ValueError):
        return False
    return (at.year - 18, at.month, at.day) >= (year, month, day)


def uvarint(data, at):
    """A number of base 128, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at


def members(message):
    """The members of a Protocol Buffers message: numbers and texts, all that a keyset of Tink has."""
    at = 0
    while at < len(message):
        tag, at = uvarint(message, at)
        value, at = uvarint(message, at)
        if tag & 7 == 2:
            value, at = message[at:at + value], at + value
        yield tag >> 3, value


def bound(purpose, *of):
    """What a field is bound to: each part after its length."""
    return b"".join(bytes([len(part)]) + part.encode() for part in (purpose, *of))


class Keys:
    """The service's own keys: hashes, and a keyset of Tink (AES-256-GCM) that KMS encrypts, fetched when it is first needed."""

    def __init__(self, data_key, db):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self.hash_key = HKDF(hashes.SHA256(), 32, None, b"voice/hash").derive(data_key.encode())
        self.db, self.kms, self.cipher = db, client("kms"), AESGCM

    def hash(self, *parts):
        mac = hmac.new(self.hash_key, digestmod=hashlib.sha256)
        for part in parts:
            mac.update(f"{len(part.encode())}:{part}".encode())
        return base64.b32encode(mac.digest()[:20]).decode().lower()

    @functools.cached_property
    def keyset(self):
        """The primary key's id, and the keys by id."""
        item = self.db.get_item(TableName=os.environ["KEYS_TABLE"], Key={"name": {"S": "fields"}}, ConsistentRead=True)["Item"]
        encrypted = next(value for member, value in members(item["keyset"]["B"]) if member == 2)
        plain = self.kms.decrypt(KeyId=os.environ["DATA_KMS_KEY"], CiphertextBlob=encrypted, EncryptionContext={"keyset": "fields"})["Plaintext"]
        primary, keys = 0, {}
        for member, value in members(plain):
            if member == 1:
                primary = value
            elif member == 2:
                key = dict(members(value))
                raw = dict(members(dict(members(key[1]))[2]))[3]
                keys[key[3].to_bytes(4, "big")] = self.cipher(raw)
        return primary.to_bytes(4, "big"), keys

    def seal(self, text, purpose, *of):
        primary, keys = self.keyset
        nonce = os.urandom(12)
        sealed = b"\1" + primary + nonce + keys[primary].encrypt(nonce, text.encode(), bound(purpose, *of))
        return "~" + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, sealed, purpose, *of):
        raw = base64.urlsafe_b64decode(sealed[1:] + "=" * (-(len(sealed) - 1) % 4))
        return self.keyset[1][raw[1:5]].decrypt(raw[5:17], raw[17:], bound(purpose, *of)).decode()


def new_id():
    return base64.b32encode(os.urandom(20)).decode().lower()
