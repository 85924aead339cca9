#!/usr/bin/env python3
"""The table of shapes of the simulated AWS, from the service models that botocore contains.

usage: service_models.py [--check] [MODELS]

MODELS is the folder `data` of a botocore; without it, the botocore that Python can import. The
operations are in simulator/src/http/wire/operations.json; the table is shapes.json beside it.
With --check, nothing is written; the exit code is 1 if the table differs from the models.
"""

import gzip
import json
import pathlib
import re
import sys

WIRE = pathlib.Path(__file__).parent.parent / "simulator/src/http/wire"
OPERATIONS = WIRE / "operations.json"
TABLE = WIRE / "shapes.json"

# The models contain the protocol JSON only. These are the names of errors in the protocol query, from
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
QUERY_CODES = {
    "sqs": {
        "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDeletedRecently": "AWS.SimpleQueueService.QueueDeletedRecently",
        "QueueNameExists": "QueueAlreadyExists",
        "BatchEntryIdsNotDistinct": "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        "BatchRequestTooLong": "AWS.SimpleQueueService.BatchRequestTooLong",
        "EmptyBatchRequest": "AWS.SimpleQueueService.EmptyBatchRequest",
        "InvalidBatchEntryId": "AWS.SimpleQueueService.InvalidBatchEntryId",
        "MessageNotInflight": "AWS.SimpleQueueService.MessageNotInflight",
        "PurgeQueueInProgress": "AWS.SimpleQueueService.PurgeQueueInProgress",
        "TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "UnsupportedOperation": "AWS.SimpleQueueService.UnsupportedOperation",
    },
}

# What Rust's regex-lite does not read: Unicode classes, escapes of UTF-16, and groups that look around.
NOT_READ = re.compile(r"\\[pPu]|\(\?[=!<]")


def model(folder, service):
    versions = sorted((folder / service).glob("*/service-2.json*"))
    newest = versions[-1]
    opened = gzip.open if newest.suffix == ".gz" else open
    with opened(newest, "rt", encoding="utf-8") as file:
        return json.load(file)


def picked(source, **names):
    """The members of `source` under our names, without those that are not there."""
    return {ours: source[theirs] for ours, theirs in names.items() if theirs in source}


def member(reference):
    """The name of the shape, or an object if the member has another name on the wire."""
    row = picked(reference, name="locationName", format="timestampFormat")
    row |= {"flat": True} if reference.get("flattened") else {}
    return {"shape": reference["shape"], **row} if row else reference["shape"]


def shape(source):
    kind = source["type"]
    row = {"type": kind}
    match kind:
        case "structure":
            row["members"] = {name: member(it) for name, it in source["members"].items()}
            row |= {"required": source["required"]} if source.get("required") else {}
        case "list":
            row |= {"of": source["member"]["shape"], **picked(source["member"], name="locationName")}
        case "map":
            row |= {"key": source["key"]["shape"], "value": source["value"]["shape"]}
            row |= picked(source["key"], key_name="locationName")
            row |= picked(source["value"], value_name="locationName")
    row |= {"flat": True} if source.get("flattened") else {}
    row |= picked(source, min="min", max="max", enum="enum", pattern="pattern", format="timestampFormat")
    if NOT_READ.search(row.get("pattern", "")):
        row["unchecked"] = True
    return row


def reachable(shapes, names):
    found = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        source = found[name] = shapes[name]
        parts = [source[it] for it in ("member", "key", "value") if it in source]
        waiting += [it["shape"] for it in [*parts, *source.get("members", {}).values()]]
    return {name: shape(found[name]) for name in sorted(found)}


def error(service, name, source):
    row = picked(source.get("error", {}), code="code", status="httpStatusCode")
    code = QUERY_CODES.get(service, {}).get(name)
    row |= {"code": code} if code else {}
    row |= {"fault": True} if source.get("fault") or source.get("error", {}).get("fault") else {}
    return row


def table_of(folder, service, names):
    whole = model(folder, service)
    about = whole["metadata"]
    row = picked(about, target="targetPrefix", json="jsonVersion", version="apiVersion", xmlns="xmlNamespace")
    row |= {"query_compatible": True} if "awsQueryCompatible" in about else {}
    operations, roots, errors = {}, [], set()
    for name in names:
        source = whole["operations"][name]
        operations[name] = {
            **({"input": source["input"]["shape"]} if "input" in source else {}),
            **({"output": source["output"]["shape"]} if "output" in source else {}),
            **picked(source.get("output", {}), wrapper="resultWrapper"),
        }
        roots += [source[it]["shape"] for it in ("input", "output") if it in source]
        errors |= {it["shape"] for it in source.get("errors", [])}
    row["operations"] = operations
    row["errors"] = {name: error(service, name, whole["shapes"][name]) for name in sorted(errors)}
    row["shapes"] = reachable(whole["shapes"], roots)
    return row


def text(table):
    """JSON with one line for each shape, so that a difference is easy to read."""
    lines = []
    for service, row in table.items():
        parts = []
        for key, value in row.items():
            if isinstance(value, dict):
                rows = [f"   {json.dumps(name)}: {json.dumps(it)}" for name, it in value.items()]
                parts.append(f"  {json.dumps(key)}: {{\n" + ",\n".join(rows) + "\n  }")
            else:
                parts.append(f"  {json.dumps(key)}: {json.dumps(value)}")
        lines.append(f" {json.dumps(service)}: {{\n" + ",\n".join(parts) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments):
    check = "--check" in arguments
    folders = [it for it in arguments if it != "--check"]
    if folders:
        folder = pathlib.Path(folders[0])
    else:
        import botocore

        folder = pathlib.Path(botocore.__file__).parent / "data"
    served = json.loads(OPERATIONS.read_text())
    table = {service: table_of(folder, service, names) for service, names in served.items()}
    generated = text(table)
    if check:
        if generated != TABLE.read_text():
            sys.exit("shapes.json differs from the service models: run scripts/service_models.py")
        return
    TABLE.write_text(generated)
    for service, row in table.items():
        for name, it in row["shapes"].items():
            if it.get("unchecked"):
                print(f"not checked: {service} {name}: {it['pattern']}")


if __name__ == "__main__":
    main(sys.argv[1:])
