"""Answers POST /v1/subscriptions as the function intake does: the same checks, limits, item and text."""

import json
import os
import secrets
import time
from datetime import timedelta

import phonenumbers
from botocore.exceptions import ClientError

import common

DB, SNS = common.client("dynamodb"), common.client("sns", attempts=1)
LIMITS, OPT_OUTS = os.environ["LIMITS_TABLE"], os.environ["OPT_OUTS_TABLE"]
PER_PHONE, PER_HOUR = int(os.environ["CODES_PER_PHONE_PER_HOUR"]), int(os.environ["CODES_PER_HOUR"])
PER_PHONE_A_DAY, PER_DAY = int(os.environ["CODES_PER_PHONE_PER_DAY"]), int(os.environ["CODES_PER_DAY"])
PER_BLOCK, PER_ADDRESS = int(os.environ["CODES_PER_BLOCK_PER_HOUR"]), int(os.environ["CODES_PER_ADDRESS_PER_HOUR"])
COUNTRIES = os.environ["TEXT_COUNTRIES"].split(",")
HOUR, DAY = 3600, 86400
KEYS = common.Keys(os.environ["DATA_KEY"], DB)
NO_TEXTS = {phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.TOLL_FREE,
            phonenumbers.PhoneNumberType.SHARED_COST, phonenumbers.PhoneNumberType.UAN, phonenumbers.PhoneNumberType.VOICEMAIL,
            phonenumbers.PhoneNumberType.PAGER}
LANGUAGES = {"en", "es", "fr", "pt", "ht", "vi", "zh-Hans"}


def phone(text):
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if not phonenumbers.is_possible_number(number) or phonenumbers.number_type(number) in NO_TEXTS:
        raise ValueError("not a phone that gets texts")
    if (phonenumbers.region_code_for_number(number) or "US") not in COUNTRIES:
        raise ValueError("a phone of a country that is not texted")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def take(key, most, window=HOUR):
    """Counts one use of a key in this hour or day, up to so many."""
    start = int(time.time()) // window * window
    try:
        DB.update_item(
            TableName=LIMITS, Key={"key": {"S": f"uses#{key}#{start}"}}, UpdateExpression="ADD uses :one SET expires_at = :end",
            ConditionExpression="attribute_not_exists(uses) OR uses < :most",
            ExpressionAttributeValues={":one": {"N": "1"}, ":most": {"N": str(most)}, ":end": {"N": str(start + window + 3600)}})
    except DB.exceptions.ConditionalCheckFailedException:
        raise common.Problem(429, "throttled") from None


@common.over_http("POST /v1/subscriptions")
def handler(fields, event):
    common.known_fields(fields, "a_number", "country_of_birth", "phone", "language")
    errors, read = [], {}
    for name, parse in (("a_number", common.a_number), ("country_of_birth", common.country), ("phone", phone)):
        try:
            read[name] = parse(fields.get(name, ""))
        except (ValueError, KeyError):
            errors.append((name, "unknown"))
    language = fields.get("language", "en")
    if language not in LANGUAGES:
        errors.append(("language", "unknown"))
    if errors:
        raise common.Problem(400, "invalid", errors)
    request, code, at = common.new_id(), f"{secrets.randbelow(1_000_000):06d}", common.now()
    phone_hash = KEYS.hash("phone", read["phone"])
    take("codes/from/" + KEYS.hash("address", event["requestContext"]["http"]["sourceIp"]), PER_ADDRESS)
    take("codes/phone/" + phone_hash, PER_PHONE)
    take("codes/phone/" + phone_hash + "/day", PER_PHONE_A_DAY, DAY)
    take("codes/block/" + KEYS.hash("block", read["phone"][:-3]), PER_BLOCK)
    take("codes/all", PER_HOUR)
    take("codes/all/day", PER_DAY, DAY)
    until, key = at + timedelta(minutes=10), "request#" + request
    wanted = json.dumps({"a": read["a_number"], "c": read["country_of_birth"], "p": read["phone"], "l": language})
    DB.put_item(
        TableName=LIMITS,
        Item={"key": {"S": key}, "code_hash": {"S": KEYS.hash("code", request, code)}, "until": {"S": until.isoformat()}, "tries": {"N": "0"},
              "sent": {"BOOL": False}, "expires_at": {"N": str(int(until.timestamp()) + 3600)},
              "application": {"S": KEYS.seal(wanted, "subscription/request", key)}, "sending": {"N": str(int(1000 * (time.time() + 10)))}},
        ConditionExpression="attribute_not_exists(code_hash)")
    sent = True
    if not DB.get_item(TableName=OPT_OUTS, Key={"phone_hash": {"S": phone_hash}}, ConsistentRead=True).get("Item", {}).get("stopped", {}).get("BOOL"):
        try:
            SNS.publish(PhoneNumber=read["phone"], Message=common.say("sms_code", Agency=common.AGENCY, Code=code),
                        MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}})
        except ClientError:
            sent = False
    DB.update_item(TableName=LIMITS, Key={"key": {"S": key}}, UpdateExpression="SET sent = :sent, sending = :none",
                   ConditionExpression="attribute_exists(code_hash)",
                   ExpressionAttributeValues={":sent": {"BOOL": sent}, ":none": {"N": "0"}})
    if not sent:
        raise common.Problem(502, "not_sent")
    return common.answer(202, {"subscription_id": request, "expires_at": common.stamp(until)}, location="/v1/subscriptions/" + request)
