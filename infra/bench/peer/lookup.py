"""Answers POST /v1/custody/search by A-number as the function status does: the same checks, the same single read, the same
answer in English."""

import os
import time

import common

DB, TABLE, FEEDS = common.client("dynamodb"), os.environ["CUSTODY_TABLE"], os.environ["FEEDS_TABLE"]
feeds = {"until": 0.0, "known": {}}


def known_feeds():
    """What is known of the sources of files, for a minute."""
    if time.monotonic() >= feeds["until"]:
        pages = DB.get_paginator("scan").paginate(TableName=FEEDS)
        feeds["known"] = {item["feed"]["S"]: item for page in pages for item in page["Items"] if "feed" in item}
        feeds["until"] = time.monotonic() + 60
    return feeds["known"]


def as_of(record):
    """The moment up to which a record can be trusted: its own, or that of a later list which has the person."""
    known = min(common.moment(record["as_of"]["S"]), common.moment(record["received_at"]["S"]))
    listed = known_feeds().get(record.get("feed", {}).get("S"), {}).get("confirmed_as_of")
    if listed and record["status"]["S"] == "in_custody":
        known = max(known, common.moment(listed["S"]))
    return known


def explain(record, at):
    status, facility = record["status"]["S"], record.get("facility", {}).get("S", "")
    sentence = "status." + status
    if status == "in_custody" and not facility:
        sentence = "status.in_custody_somewhere"
    words = [common.say(sentence, Facility=facility, Since=common.date(common.moment(record["since"]["S"]))),
             common.say(f"status.{status}.means"), common.say(f"status.{status}.next")]
    days = (at - as_of(record)).days
    if status == "in_custody" and days >= 4:
        words.append(common.say("answer.silent", When=common.date_time(as_of(record)), Number=common.HOTLINE)
                     if record.get("feed", {}).get("S") in known_feeds() else plural("answer.old", days))
    return " ".join(words)


def plural(message, count):
    form = common.CATALOGUE[message]["one" if count == 1 else "other"]
    return form.replace("{{.Count}}", str(count))


@common.over_http("POST /v1/custody/search")
def handler(fields, _):
    common.known_fields(fields, "a_number", "country_of_birth", "last_name", "first_name", "date_of_birth")
    errors = []
    try:
        number = common.a_number(fields.get("a_number", ""))
    except ValueError:
        errors.append(("a_number", "shape"))
    try:
        born = common.country(fields.get("country_of_birth", ""))
    except KeyError:
        errors.append(("country_of_birth", "unknown"))
    if errors:
        raise common.Problem(400, "invalid", errors)
    record, at = DB.get_item(TableName=TABLE, Key={"a_number": {"S": number}}).get("Item", {}), common.now()
    # Evaluated whether or not there is a record: all that may not be told is answered alike.
    same = record.get("country_of_birth", {}).get("S") == born
    if not common.disclosable(record, at) or not same:
        raise common.Problem(404, "not_found")
    moving = record.get("in_transit", {}).get("BOOL", False)
    held = record["status"]["S"] == "in_custody" and not moving
    return common.answer(200, {"results": [{
        "status": record["status"]["S"],
        "since": record["since"]["S"],
        "facility": record.get("facility", {}).get("S", "") if held else "",
        "field_office": record.get("field_office", {}).get("S", ""),
        "as_of": common.stamp(as_of(record)),
        "explanation": explain(record, at),
    }]})
