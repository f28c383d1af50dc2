"""Tells changes as the functions alerts and deliver do: plan takes records of the table's stream, writes an alert for each
subscriber and publishes its job; deliver claims an alert, asks what may have changed, texts and notes it."""

import json
import os
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import common

DB, SNS = common.client("dynamodb"), common.client("sns")
TEXTS = common.client("sns", attempts=1)
SUBSCRIPTIONS, ALERTS, CUSTODY = (os.environ[name] for name in ("SUBSCRIPTIONS_TABLE", "ALERTS_TABLE", "CUSTODY_TABLE"))
OPT_OUTS, TOPIC = os.environ.get("OPT_OUTS_TABLE"), os.environ.get("ALERTS_TOPIC_ARN")
RETENTION = 86400 * int(os.environ["ALERT_RETENTION_DAYS"])
KEYS = common.Keys(os.environ["DATA_KEY"], DB)
POOL = ThreadPoolExecutor(10)
EVENTS = {"in_custody": "booked_in", "transferred_out": "other_agency"}  # of a first record; the others are called as the status
URGENT = {"released", "escaped", "deceased", "returned", "unlisted", "corrected"}
LEASE = 30


def event_of(old, new):
    """Which event a change is, without the corner cases that the service knows."""
    status = new["status"]["S"]
    if old is None or old["status"]["S"] != status:
        return "returned" if old and status == "in_custody" else EVENTS.get(status, status)
    if status == "in_custody" and old.get("facility_code") != new.get("facility_code"):
        return "transferred"
    return None


def planned(record, at):
    """The alerts of one change, and the messages that go to the topic."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    event = new and event_of(old, new)
    if not event or not common.disclosable(new, at):
        return [], []
    number, version = new["a_number"]["S"], new["version"]["N"]
    event_id = KEYS.hash("event", number, version, new["upload_id"]["S"])
    urgency = "urgent" if event in URGENT else "routine"
    notice = {"event_id": event_id, "event": event, "a_number": number, "version": int(version), "status": new["status"]["S"], "as_of": new["as_of"]["S"]}
    alerts, messages = [], [(json.dumps(notice), {"kind": "event", "urgency": urgency, "event": event})]
    pages = DB.get_paginator("query").paginate(TableName=SUBSCRIPTIONS, KeyConditionExpression="a_number = :a", ConsistentRead=True,
                                               ExpressionAttributeValues={":a": {"S": number}})
    for sub in (item for page in pages for item in page["Items"]):
        wanted = [e["S"] for e in sub.get("events", {}).get("L", [])]
        if wanted and event not in wanted or sub["country_of_birth"]["S"] != new["country_of_birth"]["S"]:
            continue
        alert_id = f'{event_id}.{sub["subscription_id"]["S"]}'
        item = {"alert_id": alert_id, "event_id": event_id, "subscription_id": sub["subscription_id"]["S"], "a_number": number, "event": event,
                "initials": f'{new["first_name"]["S"][0]}. {new["last_name"]["S"][0]}.', "version": int(version), "status": new["status"]["S"],
                "facility": new.get("facility", {}).get("S", ""), "facility_code": new.get("facility_code", {}).get("S", ""),
                "since": new["since"]["S"], "as_of": new["as_of"]["S"], "state": "planned", "planned_at": at.isoformat(), "attempts": 0,
                "due_at": common.stamp(at + timedelta(minutes=2)), "due_shard": str(zlib.crc32(alert_id.encode()) % 8),
                "expires_at": int(at.timestamp()) + RETENTION}
        alerts.append({name: {"N": str(v)} if isinstance(v, int) else {"S": v} for name, v in item.items() if v != ""})
        messages.append((json.dumps({"alert_id": alert_id}), {"kind": "alert", "channel": "sms", "urgency": urgency, "event": event}))
    return alerts, messages


def insert(alerts):
    """Writes up to 25 alerts; one that is there stays as it is."""
    out = DB.batch_execute_statement(Statements=[
        {"Statement": f'INSERT INTO "{ALERTS}" VALUE {{' + ", ".join(f"'{name}': ?" for name in alert) + "}", "Parameters": list(alert.values())}
        for alert in alerts])
    for one in out["Responses"]:
        if one.get("Error", {}).get("Code") not in (None, "DuplicateItem"):
            raise RuntimeError(one["Error"]["Code"])


def publish(messages):
    out = SNS.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=[
        {"Id": str(i), "Message": body, "MessageAttributes": {name: {"DataType": "String", "StringValue": v} for name, v in attributes.items()}}
        for i, (body, attributes) in enumerate(messages)])
    if out.get("Failed"):
        raise RuntimeError("the topic refused messages")


def plan(event, context):
    at, alerts, messages = common.now(), [], []
    for more, jobs in POOL.map(lambda record: planned(record, at), event["Records"]):
        alerts += more
        messages += jobs
    list(POOL.map(insert, [alerts[i:i + 25] for i in range(0, len(alerts), 25)]))
    list(POOL.map(publish, [messages[i:i + 10] for i in range(0, len(messages), 10)]))
    common.log(message="batch", request_id=context.aws_request_id, records=len(event["Records"]), alerts=len(alerts))
    return {"batchItemFailures": []}


def get(table, **key):
    return DB.get_item(TableName=table, Key={name: {"S": v} for name, v in key.items()}, ConsistentRead=True).get("Item")


def settle(alert_id, until, state, **more):
    values = {":s": {"S": state}, ":claimed": {"S": "claimed"}, ":until": {"N": str(until)}} | {f":{name}": {"S": v} for name, v in more.items()}
    gone = "claimed_until" if "due_at" in more else "claimed_until, due_at, due_shard"
    DB.update_item(TableName=ALERTS, Key={"alert_id": {"S": alert_id}}, ExpressionAttributeNames={"#s": "state", "#check": "check"} if "check" in more else {"#s": "state"},
                   UpdateExpression="SET #s = :s" + "".join(f", {'#check' if name == 'check' else name} = :{name}" for name in more) + f" REMOVE {gone}",
                   ConditionExpression="#s = :claimed AND claimed_until = :until", ExpressionAttributeValues=values)


def text(alert, sub, check):
    name = common.AGENCY if "code_word" not in sub else f'{common.AGENCY} ({sub["code_word"]["S"]})'
    what = common.say("sms_" + alert["event"]["S"], Who=alert["initials"]["S"], On=common.date(common.moment(alert["since"]["S"])))
    if sub.get("discreet", {}).get("BOOL"):
        what = common.say("sms_discreet")
    frame = "sms_frame_urgent" if alert["event"]["S"] in URGENT else "sms_frame"
    framed = common.say(frame, From=name, What=what, AsOf=common.date_time(common.moment(alert["as_of"]["S"])), Hotline=common.HOTLINE)
    return common.say("sms_check", Text=framed, Check=check)


def deliver_one(alert_id):
    now = int(1000 * time.time())
    try:
        alert = DB.update_item(
            TableName=ALERTS, Key={"alert_id": {"S": alert_id}}, ReturnValues="ALL_NEW", ExpressionAttributeNames={"#s": "state"},
            UpdateExpression="SET #s = :claimed, claimed_until = :until ADD attempts :one",
            ConditionExpression="#s = :planned OR #s = :claimed AND claimed_until <= :now",
            ExpressionAttributeValues={":claimed": {"S": "claimed"}, ":planned": {"S": "planned"}, ":until": {"N": str(now + 1000 * LEASE)},
                                       ":now": {"N": str(now)}, ":one": {"N": "1"}})["Attributes"]
    except DB.exceptions.ConditionalCheckFailedException:
        return "repeated"
    until = now + 1000 * LEASE
    sub = get(SUBSCRIPTIONS, a_number=alert["a_number"]["S"], subscription_id=alert["subscription_id"]["S"])
    if sub is None:
        settle(alert_id, until, "opted_out", outcome="ended")
        return "withheld"
    record = get(CUSTODY, a_number=alert["a_number"]["S"]) or {}
    if not common.disclosable(record, common.now()) or record["country_of_birth"] != sub["country_of_birth"]:
        settle(alert_id, until, "failed", outcome="withheld")
        return "withheld"
    if (get(OPT_OUTS, phone_hash=sub["phone_hash"]["S"]) or {}).get("stopped", {}).get("BOOL"):
        settle(alert_id, until, "opted_out", outcome="stopped")
        return "withheld"
    check = KEYS.hash("check", alert_id)[:8].upper()
    sent = TEXTS.publish(PhoneNumber=KEYS.open(sub["phone"]["S"], "subscription/phone", sub["subscription_id"]["S"]), Message=text(alert, sub, check),
                         MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}})
    more = {}
    if alert["event"]["S"] in URGENT:
        more = {"step": "again", "due_at": common.stamp(common.now() + timedelta(minutes=15)), "due_shard": alert["due_shard"]["S"]}
    settle(alert_id, until, "sent", message_id=sent["MessageId"], sent_at=common.now().isoformat(), phone_hash=sub["phone_hash"]["S"], check=check, **more)
    return "sent"


def deliver(event, context):
    results = list(POOL.map(deliver_one, [json.loads(message["body"])["alert_id"] for message in event["Records"]]))
    common.log(message="batch", request_id=context.aws_request_id, records=len(results), sent=results.count("sent"))
    return {"batchItemFailures": []}
