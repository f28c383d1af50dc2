"""Loads a file of custody updates as people usually write it: csv.DictReader and boto3's batch_writer.

    load.py FILE COUNTRIES FEED UPLOAD_ID

COUNTRIES is JSON: an agency's names of countries to codes. The table is CUSTODY_TABLE, and times are of FEED_TIME_ZONE.
Every row is put, whether or not it says anything new, with no condition. What it took goes to standard output as JSON.
"""

import base64
import csv
import hashlib
import json
import os
import sys
import unicodedata
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import boto3

ZONE = ZoneInfo(os.environ["FEED_TIME_ZONE"])


def fold(name):
    return "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalnum()).lower()


def moment(text):
    if not text:
        return ""
    at = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def item_of(row, countries, feed, upload_id, received_at):
    """The item of a row; what the row does not say is left out."""
    country = countries[row["Birth Country"]]
    began, ended = moment(row["Book In Date Time"]), moment(row["Book Out Date Time"])
    item = {
        "a_number": row["A-Number"],
        "version": 1,
        "last_name": row["Last Name"],
        "first_name": row["First Name"],
        "name_key": f'{fold(row["Last Name"])}|{fold(row["First Name"])}|{country}',
        "date_of_birth": row["Date of Birth"],
        "country_of_birth": country,
        "protected": row["Protected"] == "Y",
        "status": "released" if ended else "in_custody",
        "since": ended or began,
        "booked_in": moment(row["Stay Book In Date Time"]),
        "stint_start": began,
        "facility": row["Detention Facility"],
        "facility_code": row["Detention Facility Code"],
        "field_office": row["Book In AOR"],
        "release_reason": row["Detention Release Reason"],
        "as_of": ended or began,
        "received_at": received_at,
        "upload_id": upload_id,
        "feed": feed,
        "held_by": "" if ended else feed,
        "row_hash": base64.b64encode(hashlib.sha256("\0".join(row.values()).encode()).digest()[:16]).decode().rstrip("="),
    }
    return {name: value for name, value in item.items() if value != ""}


class Names(dict):
    """Countries by a function that reads their names."""

    def __init__(self, read):
        super().__init__()
        self.read = read

    def __missing__(self, name):
        self[name] = self.read(name)
        return self[name]


class Meter:
    """Asks every BatchWriteItem for what it consumed, and adds the answers up."""

    def __init__(self, client):
        self.calls, self.wru = 0, 0.0
        client.meta.events.register("provide-client-params.dynamodb.BatchWriteItem", self.ask)
        client.meta.events.register("after-call.dynamodb.BatchWriteItem", self.add)

    def ask(self, params, **_):
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def add(self, parsed, **_):
        self.calls += 1
        self.wru += sum(c["CapacityUnits"] for c in parsed.get("ConsumedCapacity", []))


def main(path, countries, feed, upload_id):
    table = boto3.resource("dynamodb").Table(os.environ["CUSTODY_TABLE"])
    meter = Meter(table.meta.client)
    countries = json.loads(countries)
    received_at = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    rows = 0
    with open(path, newline="", encoding="utf-8") as file, table.batch_writer() as batch:
        for row in csv.DictReader(file):
            batch.put_item(Item=item_of(row, countries, feed, upload_id, received_at))
            rows += 1
    json.dump({"rows": rows, "written": rows, "calls": meter.calls, "rru": 0, "wru": meter.wru}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
