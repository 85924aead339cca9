"""boto3 and the AWS CLI against S3 of `scalerctl aws`. The address is in AWS_ENDPOINT_URL."""

import base64
import hashlib
import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

import boto3
import botocore.client
import botocore.exceptions

URL = os.environ["AWS_ENDPOINT_URL"]
ACCOUNT = "123456789012"
KEYS = ["a+b c.json", "caf\u00e9/100%.json", "dir/a.json", "dir/b/c.json", "dir/b/d.json", "z&<>\"'.json", "tilde~(1)*!.json"]

s3 = boto3.client("s3")


def code(call, **arguments):
    """The error code of a call that must fail."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} did not fail: {arguments}")


def aws(*arguments, ok=True, **options):
    command = [sys.executable, os.path.join(os.path.dirname(sys.executable), "aws"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert (done.returncode == 0) == ok, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def new_bucket(name):
    place = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return name


def buckets():
    name = new_bucket("boto3-buckets")
    place = {"LocationConstraint": "eu-central-1"}
    again = code(s3.create_bucket, Bucket=name, CreateBucketConfiguration=place)
    assert again == "BucketAlreadyOwnedByYou", again
    no_region = code(s3.create_bucket, Bucket="no-region")
    assert no_region == "IllegalLocationConstraintException", no_region
    assert name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    headers = s3.head_bucket(Bucket=name, ExpectedBucketOwner=ACCOUNT)["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-bucket-region"] == "eu-central-1", headers
    assert code(s3.head_bucket, Bucket=name, ExpectedBucketOwner="999999999999") == "403"
    for call, arguments in [
        (s3.list_objects_v2, {}),
        (s3.put_object, {"Key": "a", "Body": b"a"}),
        (s3.get_bucket_notification_configuration, {}),
    ]:
        denied = code(call, Bucket=name, ExpectedBucketOwner="999999999999", **arguments)
        assert denied == "AccessDenied", denied
    assert code(s3.head_bucket, Bucket="none-of-these") == "404"
    assert code(s3.put_object, Bucket="none-of-these", Key="a", Body=b"a") == "NoSuchBucket"
    assert code(s3.get_object, Bucket="none-of-these", Key="a") == "NoSuchBucket"
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    assert code(s3.delete_bucket, Bucket=name) == "BucketNotEmpty"
    s3.delete_object(Bucket=name, Key="a")
    s3.delete_bucket(Bucket=name)
    assert code(s3.head_bucket, Bucket=name) == "404"
    assert code(s3.get_bucket_policy, Bucket="none-of-these") == "NotImplemented"


def objects():
    name = new_bucket("boto3-objects")
    put = s3.put_object(
        Bucket=name,
        Key="a.json",
        Body=b"0123456789",
        ContentType="application/json",
        ContentEncoding="gzip",
        CacheControl="no-store",
        Metadata={"color": "red"},
    )
    etag = f'"{hashlib.md5(b"0123456789").hexdigest()}"'
    assert put["ETag"] == etag, put
    got = s3.get_object(Bucket=name, Key="a.json")
    assert got["Body"].read() == b"0123456789"
    assert got["ContentType"] == "application/json" and got["Metadata"] == {"color": "red"}
    assert got["ContentEncoding"] == "gzip" and got["CacheControl"] == "no-store", got
    head = s3.head_object(Bucket=name, Key="a.json", ChecksumMode="ENABLED")
    assert head["ContentLength"] == 10 and head["ETag"] == etag and "ChecksumCRC32" in head, head
    part = s3.get_object(Bucket=name, Key="a.json", Range="bytes=2-4")
    assert part["Body"].read() == b"234" and part["ContentRange"] == "bytes 2-4/10", part
    assert s3.get_object(Bucket=name, Key="a.json", Range="bytes=-3")["Body"].read() == b"789"
    assert code(s3.get_object, Bucket=name, Key="a.json", Range="bytes=10-") == "InvalidRange"
    assert code(s3.get_object, Bucket=name, Key="a.json", IfNoneMatch=etag) == "304"
    assert code(s3.get_object, Bucket=name, Key="a.json", IfMatch='"other"') == "PreconditionFailed"
    assert code(s3.get_object, Bucket=name, Key="a.json", IfModifiedSince=got["LastModified"]) == "304"
    assert s3.get_object(Bucket=name, Key="a.json", IfUnmodifiedSince=got["LastModified"])
    assert code(s3.put_object, Bucket=name, Key="a.json", Body=b"b", IfNoneMatch="*") == "PreconditionFailed"
    assert code(s3.get_object, Bucket=name, Key="none") == "NoSuchKey"
    assert code(s3.head_object, Bucket=name, Key="none") == "404"

    s3.copy_object(Bucket=name, Key="copy of a+.json", CopySource={"Bucket": name, "Key": "a.json"})
    copy = s3.get_object(Bucket=name, Key="copy of a+.json")
    assert copy["Body"].read() == b"0123456789" and copy["Metadata"] == {"color": "red"}
    s3.copy_object(
        Bucket=name,
        Key="a.json",
        CopySource={"Bucket": name, "Key": "a.json"},
        MetadataDirective="REPLACE",
        Metadata={"color": "blue"},
    )
    assert s3.head_object(Bucket=name, Key="a.json")["Metadata"] == {"color": "blue"}
    assert code(s3.copy_object, Bucket=name, Key="a.json", CopySource=f"{name}/a.json") == "InvalidRequest"
    assert code(s3.copy_object, Bucket=name, Key="b", CopySource=f"{name}/none") == "NoSuchKey"

    s3.delete_object(Bucket=name, Key="none")
    deleted = s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "a.json"}, {"Key": "copy of a+.json"}]})
    assert [it["Key"] for it in deleted["Deleted"]] == ["a.json", "copy of a+.json"], deleted
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 0


def checksums():
    """An upload whose checksum is wrong leaves nothing."""
    name = new_bucket("boto3-checksums")
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert code(s3.put_object, Bucket=name, Key="a", Body=b"a", ContentMD5=wrong) == "BadDigest"
    assert code(s3.put_object, Bucket=name, Key="a", Body=b"a", ContentMD5="bm9uZQ==") == "InvalidDigest"
    right = base64.b64encode(hashlib.md5(b"a").digest()).decode()
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        zero = base64.b64encode(bytes({"CRC32": 4, "SHA1": 20, "SHA256": 32}[algorithm])).decode()
        arguments = {f"Checksum{algorithm}": zero}
        assert code(s3.put_object, Bucket=name, Key="a", Body=b"a", **arguments) == "BadDigest"
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 0
    s3.put_object(Bucket=name, Key="a", Body=b"a", ContentMD5=right)
    put = s3.put_object(Bucket=name, Key="b", Body=b"a", ChecksumAlgorithm="SHA256")
    assert put["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"a").digest()).decode(), put
    # A stream of unknown length is sent in chunks, with its checksum at the end.
    s3.put_object(Bucket=name, Key="c", Body=io.BytesIO(b"0123456789" * 100_000))
    assert s3.head_object(Bucket=name, Key="c")["ContentLength"] == 1_000_000


def lists():
    name = new_bucket("boto3-lists")
    for key in KEYS:
        s3.put_object(Bucket=name, Key=key, Body=key.encode())
        assert s3.get_object(Bucket=name, Key=key)["Body"].read() == key.encode()
    for operation in ["list_objects_v2", "list_objects"]:
        for size in [1, 2, 1000]:
            pages = s3.get_paginator(operation).paginate(Bucket=name, PaginationConfig={"PageSize": size})
            found = [it["Key"] for page in pages for it in page.get("Contents", [])]
            assert found == sorted(KEYS, key=lambda key: key.encode()), (operation, size, found)
            pages = s3.get_paginator(operation).paginate(
                Bucket=name, Delimiter="/", PaginationConfig={"PageSize": size}
            )
            pages = list(pages)
            found = [it["Key"] for page in pages for it in page.get("Contents", [])]
            folders = [it["Prefix"] for page in pages for it in page.get("CommonPrefixes", [])]
            assert found == sorted(key for key in KEYS if "/" not in key), (operation, size, found)
            assert folders == ["caf\u00e9/", "dir/"], (operation, size, folders)
    page = s3.list_objects_v2(Bucket=name, Prefix="dir/", Delimiter="/")
    assert [it["Key"] for it in page["Contents"]] == ["dir/a.json"], page
    assert [it["Prefix"] for it in page["CommonPrefixes"]] == ["dir/b/"], page
    after = s3.list_objects_v2(Bucket=name, StartAfter="dir/b/c.json", Prefix="dir/")
    assert [it["Key"] for it in after["Contents"]] == ["dir/b/d.json"], after
    assert s3.list_objects_v2(Bucket=name, MaxKeys=0)["KeyCount"] == 0
    assert code(s3.list_objects_v2, Bucket=name, ContinuationToken="none") == "InvalidArgument"
    owner = s3.list_objects_v2(Bucket=name, FetchOwner=True)["Contents"][0]["Owner"]["ID"]
    assert owner.endswith(ACCOUNT), owner


def multipart():
    name = new_bucket("boto3-multipart")
    bytes_ = os.urandom(20 * 1024 * 1024 + 7)
    s3.upload_fileobj(io.BytesIO(bytes_), name, "big")
    head = s3.head_object(Bucket=name, Key="big")
    assert head["ETag"].endswith('-3"') and head["ContentLength"] == len(bytes_), head
    into = io.BytesIO()
    s3.download_fileobj(name, "big", into)
    assert into.getvalue() == bytes_
    second = s3.get_object(Bucket=name, Key="big", PartNumber=2)
    assert second["PartsCount"] == 3 and second["Body"].read() == bytes_[8 * 1024 * 1024 : 16 * 1024 * 1024]
    # In parts again.
    s3.copy({"Bucket": name, "Key": "big"}, name, "copy")
    assert s3.get_object(Bucket=name, Key="copy")["Body"].read() == bytes_

    upload = s3.create_multipart_upload(Bucket=name, Key="k")["UploadId"]
    one = s3.upload_part(Bucket=name, Key="k", UploadId=upload, PartNumber=1, Body=b"one")
    two = s3.upload_part(Bucket=name, Key="k", UploadId=upload, PartNumber=2, Body=b"two")
    listed = s3.list_parts(Bucket=name, Key="k", UploadId=upload)["Parts"]
    assert [(it["PartNumber"], it["Size"]) for it in listed] == [(1, 3), (2, 3)], listed
    assert [it["UploadId"] for it in s3.list_multipart_uploads(Bucket=name)["Uploads"]] == [upload]

    def complete(parts, upload=upload):
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in parts]
        return code(
            s3.complete_multipart_upload, Bucket=name, Key="k", UploadId=upload, MultipartUpload={"Parts": parts}
        )

    assert complete([(1, one["ETag"]), (2, two["ETag"])]) == "EntityTooSmall"
    assert complete([(2, two["ETag"]), (1, one["ETag"])]) == "InvalidPartOrder"
    assert complete([(1, '"none"')]) == "InvalidPart"
    assert complete([(1, one["ETag"])], "none") == "NoSuchUpload"
    assert code(s3.get_object, Bucket=name, Key="k") == "NoSuchKey"
    s3.abort_multipart_upload(Bucket=name, Key="k", UploadId=upload)
    assert complete([(1, one["ETag"])]) == "NoSuchUpload"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=name)


def signatures():
    name = new_bucket("boto3-signatures")
    s3.put_object(Bucket=name, Key="a b+c", Body=b"a")
    other = boto3.client("s3", aws_access_key_id="other", aws_secret_access_key="local")
    assert code(other.list_buckets) == "InvalidAccessKeyId"
    other = boto3.client("s3", aws_access_key_id="local", aws_secret_access_key="other")
    try:
        other.list_buckets()
        raise AssertionError("signed with another secret")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "SignatureDoesNotMatch", error
        assert "Check your key and signing method" in error.response["Error"]["Message"], error
    assert code(other.put_object, Bucket=name, Key="b", Body=b"b") == "SignatureDoesNotMatch"
    for version in ["s3v4", "s3"]:
        signer = boto3.client("s3", config=botocore.client.Config(signature_version=version))
        arguments = {"Bucket": name, "Key": "a b+c"}
        url = signer.generate_presigned_url("get_object", Params=arguments)
        assert urllib.request.urlopen(url).read() == b"a", version
        try:
            urllib.request.urlopen(url.replace("a%20b", "b%20b"))
            raise AssertionError("the signature is of another key")
        except urllib.error.HTTPError as error:
            assert error.code == 403, error
        url = signer.generate_presigned_url("put_object", Params=arguments | {"Key": version})
        request = urllib.request.Request(url, data=b"put", method="PUT", headers={"Content-Type": ""})
        urllib.request.urlopen(request)
        assert s3.get_object(Bucket=name, Key=version)["Body"].read() == b"put"
    # A form of a browser.
    post = s3.generate_presigned_post(name, "form/${filename}")
    form = boto3_form({**post["fields"], "key": "form/a"}, b"of a form")
    request = urllib.request.Request(post["url"], data=form[1], headers={"Content-Type": form[0]})
    urllib.request.urlopen(request)
    assert s3.get_object(Bucket=name, Key="form/a")["Body"].read() == b"of a form"
    # Virtual-hosted style.
    hosted = boto3.client(
        "s3",
        endpoint_url=URL.replace("127.0.0.1", "s3.localhost"),
        config=botocore.client.Config(s3={"addressing_style": "virtual"}),
    )
    url = hosted.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "a b+c"})
    parts = urllib.parse.urlsplit(url)
    assert parts.hostname == f"{name}.s3.localhost", url
    connection = http.client.HTTPConnection("127.0.0.1", parts.port)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Host": parts.netloc})
    assert connection.getresponse().read() == b"a"


def boto3_form(fields, file):
    boundary = "b0undary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
        + file
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def size_limit():
    """An upload that is too long is refused before its body, which never comes."""
    name = new_bucket("boto3-limit")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": name, "Key": "a"})
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    connection.putheader("Content-Length", str(1024**3 + 1))
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 400 and b"<Code>EntityTooLarge</Code>" in body, body
    # Half a body is not an object.
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    connection.putheader("Content-Length", "10")
    connection.endheaders()
    connection.send(b"half")
    connection.close()
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 0


def notifications():
    name = new_bucket("boto3-notifications")
    assert set(s3.get_bucket_notification_configuration(Bucket=name)) == {"ResponseMetadata"}
    arn = "arn:aws:{}:eu-central-1:123456789012:{}"
    function = {
        "LambdaFunctionArn": arn.format("lambda", "function:scaler"),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {
            "Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".json"}]}
        },
    }
    topic = {"Id": "t", "TopicArn": arn.format("sns", "t"), "Events": ["s3:ObjectRemoved:Delete"]}
    queue = {
        "QueueArn": arn.format("sqs", "q"),
        "Events": ["s3:ObjectCreated:Put"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "out/"}]}},
    }

    def put(**configuration):
        return s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)

    put(
        LambdaFunctionConfigurations=[function],
        TopicConfigurations=[topic],
        QueueConfigurations=[queue],
        EventBridgeConfiguration={},
    )
    got = s3.get_bucket_notification_configuration(Bucket=name)
    assert got["EventBridgeConfiguration"] == {} and got["TopicConfigurations"] == [topic], got
    rules = got["LambdaFunctionConfigurations"][0]["Filter"]["Key"]["FilterRules"]
    assert rules == [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ".json"}], rules
    assert got["QueueConfigurations"][0]["QueueArn"] == queue["QueueArn"], got

    def refused(**configuration):
        try:
            put(**configuration)
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidArgument", error
            return error.response["Error"]["Message"]
        raise AssertionError(f"accepted: {configuration}")

    everything = {**function, "Filter": {}}
    assert "cannot share a common" in refused(
        LambdaFunctionConfigurations=[everything, {**everything, "Events": ["s3:ObjectCreated:Put"]}]
    )
    assert "ambiguously defined" in refused(LambdaFunctionConfigurations=[everything], QueueConfigurations=[queue])
    for bad in ["scaler", arn.format("sqs", "q"), "arn:aws:lambda:eu-central-1:1:function:scaler"]:
        assert "ARN" in refused(LambdaFunctionConfigurations=[{**function, "LambdaFunctionArn": bad}])
    other = function["LambdaFunctionArn"].replace("eu-central-1", "us-east-1")
    assert "different region" in refused(LambdaFunctionConfigurations=[{**function, "LambdaFunctionArn": other}])
    event = {**function, "Events": ["s3:ObjectMade:*"]}
    assert "not supported" in refused(LambdaFunctionConfigurations=[event])
    twice = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a"}, {"Name": "Prefix", "Value": "b"}]}}
    assert "more than one prefix" in refused(LambdaFunctionConfigurations=[{**function, "Filter": twice}])
    assert s3.get_bucket_notification_configuration(Bucket=name)["TopicConfigurations"] == [topic]

    s3.put_object(Bucket=name, Key="in/red flower+1.json", Body=b"1234")
    s3.put_object(Bucket=name, Key="in/other.txt", Body=b"1234")
    s3.put_object(Bucket=name, Key="out/a", Body=b"1234")
    s3.delete_object(Bucket=name, Key="out/a")
    s3.delete_object(Bucket=name, Key="out/none")
    s3.upload_fileobj(io.BytesIO(bytes(9 * 1024 * 1024)), name, "in/big.json")
    s3.copy_object(Bucket=name, Key="in/copy.json", CopySource=f"{name}/in/other.txt")


def stored():
    """The test has put this text into the model."""
    assert s3.get_object(Bucket="of-the-model", Key="routes.json")["Body"].read() == b"[]"
    assert code(s3.get_object, Bucket="of-the-model", Key="none.json") == "NoSuchBucket"


def cli():
    folder = tempfile.mkdtemp()
    for name, size in [("small file+.txt", 5), ("big", 17 * 1024 * 1024)]:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(os.urandom(size))
    aws("s3", "mb", "s3://cli-bucket")
    aws("s3", "cp", os.path.join(folder, "big"), "s3://cli-bucket/big")
    aws("s3", "cp", "-", "s3://cli-bucket/from-stdin", input="text")
    assert aws("s3", "cp", "s3://cli-bucket/from-stdin", "-") == "text"
    aws("s3", "sync", folder, "s3://cli-bucket/folder")
    shown = aws("s3", "ls", "s3://cli-bucket/", "--recursive")
    assert "folder/small file+.txt" in shown and "17825792 big" in shown, shown
    assert "PRE folder/" in aws("s3", "ls", "s3://cli-bucket")
    assert "cli-bucket" in aws("s3", "ls")
    aws("s3", "sync", "s3://cli-bucket/folder", os.path.join(folder, "back"))
    for name in ["small file+.txt", "big"]:
        with open(os.path.join(folder, name), "rb") as one, open(os.path.join(folder, "back", name), "rb") as other:
            assert one.read() == other.read(), name
    aws("s3", "mv", "s3://cli-bucket/folder", "s3://cli-bucket/moved", "--recursive")
    listed = json.loads(aws("s3api", "list-objects-v2", "--bucket", "cli-bucket", "--prefix", "moved/"))
    assert [it["Key"] for it in listed["Contents"]] == ["moved/big", "moved/small file+.txt"], listed
    assert "BucketNotEmpty" in aws("s3", "rb", "s3://cli-bucket", ok=False)
    aws("s3api", "wait", "object-exists", "--bucket", "cli-bucket", "--key", "moved/big")
    aws("s3", "rm", "s3://cli-bucket", "--recursive")
    aws("s3", "rb", "s3://cli-bucket")
    assert "cli-bucket" not in aws("s3", "ls")


for test in [buckets, objects, checksums, lists, multipart, signatures, size_limit, notifications, stored, cli]:
    if len(sys.argv) == 1 or test.__name__ in sys.argv[1:]:
        test()
        print(f"{test.__name__}: ok", flush=True)
