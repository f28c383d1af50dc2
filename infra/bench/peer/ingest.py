"""Applies an uploaded file of custody updates as the function ingest does: every row checked, compared with the table, the
whole weighed by the brake, written on conditions, reported. It keeps the rows in memory and has no checkpoint, which the
service's own has: it can do with files of some hundred thousand rows."""

import csv
import hashlib
import io
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote_plus

import common
import load

DB, S3 = common.client("dynamodb"), common.client("s3")
CUSTODY, UPLOADS, FEEDS = (os.environ[name] for name in ("CUSTODY_TABLE", "UPLOADS_TABLE", "FEEDS_TABLE"))
END_PERCENT, REJECT_PERCENT = float(os.environ["BRAKE_END_PERCENT"]), float(os.environ["BRAKE_REJECT_PERCENT"])
FUTURE = timedelta(days=int(os.environ["FUTURE_DAYS"]))
POOL = ThreadPoolExecutor(16)
REASONS = {"", "paroled", "order of recognizance", "order of supervision", "bonded out - ij", "bonded out - field office", "transferred",
           "removed", "voluntary departure", "voluntary return", "withdrawal", "died", "escaped", "relief granted by ij", "proceedings terminated"}


def chunks(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


def checked(row, line, feed, upload_id, received_at, horizon):
    """The item of a row, or what is wrong with it."""
    try:
        common.a_number(row["A-Number"])
        row["Birth Country"] = row["Birth Country"].strip()
        item = load.item_of(row, load.Names(common.country), feed, upload_id, received_at)
        datetime.strptime(row["Date of Birth"], "%Y-%m-%d")
    except (KeyError, ValueError) as problem:
        return None, (line, str(problem))
    if row["Detention Release Reason"].strip().lower() not in REASONS:
        return None, (line, "release reason")
    if item["as_of"] > horizon:
        return None, (line, "in the future")
    return item, None


def read(numbers):
    """What there is of up to a hundred people."""
    request, found = {CUSTODY: {"Keys": [{"a_number": {"S": n}} for n in numbers],
                                "ProjectionExpression": "a_number, version, row_hash, as_of, held_by"}}, {}
    while request:
        out = DB.batch_get_item(RequestItems=request)
        found.update({item["a_number"]["S"]: item for item in out["Responses"].get(CUSTODY, [])})
        request = out["UnprocessedKeys"]
    return found


def value(v):
    return {"BOOL": v} if isinstance(v, bool) else {"N": str(v)} if isinstance(v, int) else {"S": v}


def write(changes):
    """Writes up to 25 changes, each on the condition that nobody was faster; says how many others were."""
    statements = []
    for item, old in changes:
        if old is None:
            pairs = ", ".join(f"'{name}': ?" for name in item)
            statements.append({"Statement": f'INSERT INTO "{CUSTODY}" VALUE {{{pairs}}}', "Parameters": [value(v) for v in item.values()]})
            continue
        fields = {**item, "version": int(old["version"]["N"]) + 1}
        number = fields.pop("a_number")
        gone = " REMOVE held_by" if "held_by" not in fields else ""
        pairs = ", ".join(f'"{name}" = ?' for name in fields)
        statements.append({"Statement": f'UPDATE "{CUSTODY}" SET {pairs}{gone} WHERE a_number = ? AND version = ?',
                           "Parameters": [*map(value, fields.values()), {"S": number}, old["version"]]})
    out = DB.batch_execute_statement(Statements=statements)
    return sum("Error" in one for one in out["Responses"])


def save(upload, state, **more):
    names = {"#s": "state"} | {f"#{name}": name for name in more}
    values = {":s": {"S": state}} | {f":{name}": value(v) for name, v in more.items()}
    DB.update_item(TableName=UPLOADS, Key={"upload_id": {"S": upload}}, ExpressionAttributeNames=names, ExpressionAttributeValues=values,
                   UpdateExpression="SET #s = :s" + "".join(f", #{name} = :{name}" for name in more))


def apply(bucket, key, version):
    upload = hashlib.sha256(f"{bucket}/{key}/{version}".encode()).hexdigest()[:32]
    feed, at = key.split("/")[1], datetime.now(timezone.utc)
    received_at, horizon = at.isoformat().replace("+00:00", "Z"), common.stamp(at + FUTURE)
    save(upload, "validating", received_at=received_at, feed=feed)
    newest, rejects, rows = {}, [], 0
    body = io.TextIOWrapper(S3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"], encoding="utf-8-sig", newline="")
    for line, row in enumerate(csv.DictReader(body), 2):
        rows += 1
        item, problem = checked(row, line, feed, upload, received_at, horizon)
        if problem:
            rejects.append(problem)
        elif item["a_number"] not in newest or newest[item["a_number"]]["as_of"] <= item["as_of"]:
            newest[item["a_number"]] = item
    save(upload, "diffing", rows=rows, rejected=len(rejects))
    changes, unchanged, superseded, ended = [], 0, 0, 0
    for found, numbers in zip(POOL.map(read, parts := chunks(list(newest), 100)), parts):
        for number in numbers:
            item, old = newest[number], found.get(number)
            if old is not None and old["row_hash"]["S"] == item["row_hash"]:
                unchanged += 1
            elif old is not None and old["as_of"]["S"] > item["as_of"]:
                superseded += 1
            else:
                changes.append((item, old))
                ended += old is not None and "held_by" in old and "held_by" not in item
    plan = json.dumps([item for item, _ in changes])
    S3.put_object(Bucket=bucket, Key=f"plans/{upload}.json", Body=plan)
    if 100 * ended > END_PERCENT * max(rows, 100) or 100 * len(rejects) > REJECT_PERCENT * max(rows, 100):
        save(upload, "held", changes=len(changes))
        return
    save(upload, "applying", changes=len(changes))
    conflicts = sum(POOL.map(write, chunks(changes, 25)))
    summary = {"upload_id": upload, "key": key, "state": "done", "rows": rows, "applied": len(changes) - conflicts, "unchanged": unchanged,
               "superseded": superseded, "rejected": len(rejects), "conflicts": conflicts}
    S3.put_object(Bucket=bucket, Key=f"reports/{upload}/summary.json", Body=json.dumps(summary))
    with io.StringIO() as out:
        csv.writer(out).writerows([("line", "problem"), *rejects])
        S3.put_object(Bucket=bucket, Key=f"reports/{upload}/rejects.csv", Body=out.getvalue())
    DB.update_item(TableName=FEEDS, Key={"feed": {"S": feed}}, UpdateExpression="SET heard_at = :at", ExpressionAttributeValues={":at": {"S": received_at}})
    save(upload, "done", applied=summary["applied"])
    common.log(message="upload", **{name: summary[name] for name in ("upload_id", "state", "rows", "applied", "unchanged", "rejected")})


def handler(event, context):
    for message in event["Records"]:
        for record in json.loads(message["body"])["Records"]:
            s3 = record["s3"]
            apply(s3["bucket"]["name"], unquote_plus(s3["object"]["key"]), s3["object"]["versionId"])
    return {"batchItemFailures": []}
