//! Setup of `moto_server` over plain HTTP: calls that the function never makes.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

/// An IAM user of moto. Once it exists, moto checks signatures and permissions.
pub struct User {
    /// `AccessKeyId`.
    pub key: String,
    /// `SecretAccessKey`.
    pub secret: String,
}

/// Creates a user with permission for these actions on all resources, and turns on the checks.
pub fn only_user(moto: SocketAddr, actions: &[&str]) -> User {
    let form = |body: &str| {
        send(moto, "POST /", "iam", "Content-Type: application/x-www-form-urlencoded", body)
    };
    form("Action=CreateUser&Version=2010-05-08&UserName=scaler");
    let allowed = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    let policy: String = form_urlencoded::byte_serialize(allowed.to_string().as_bytes()).collect();
    form(&format!(
        "Action=PutUserPolicy&Version=2010-05-08&UserName=scaler&PolicyName=p&PolicyDocument={policy}"
    ));
    let answer = form("Action=CreateAccessKey&Version=2010-05-08&UserName=scaler");
    let element = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>")).expect("the element");
        rest.split_once('<').expect("its end").0.to_owned()
    };
    let user = User { key: element("AccessKeyId"), secret: element("SecretAccessKey") };
    send(moto, "POST /moto-api/reset-auth", "iam", "Content-Type: text/plain", "0");
    user
}

/// PutParameter of AWS Systems Manager.
pub fn put_parameter(moto: SocketAddr, name: &str, value: &str) {
    let body = serde_json::json!({ "Name": name, "Value": value, "Type": "String" }).to_string();
    let headers =
        "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AmazonSSM.PutParameter";
    send(moto, "POST /", "ssm", headers, &body);
}

/// CreateBucket and PutObject of Amazon S3. `path` is the URL-encoded key.
pub fn put_object(moto: SocketAddr, bucket: &str, path: &str, text: &str) {
    send(moto, &format!("PUT /{bucket}"), "s3", "X-Test: bucket", "");
    send(moto, &format!("PUT /{bucket}/{path}"), "s3", "Content-Type: text/plain", text);
}

/// Returns the body of the response. Moto finds the service in the scope of the signature.
fn send(moto: SocketAddr, request: &str, service: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(moto).unwrap();
    let head = [
        &format!("{request} HTTP/1.0"),
        &format!("Host: {moto}"),
        headers,
        &format!(
            "Authorization: AWS4-HMAC-SHA256 \
             Credential=key/20300101/us-east-1/{service}/aws4_request, SignedHeaders=host, \
             Signature=none"
        ),
        &format!("Content-Length: {}", body.len()),
    ];
    stream.write_all(format!("{}\r\n\r\n{body}", head.join("\r\n")).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    assert!(head.contains(" 200 "), "moto refused {request}: {answer}");
    body.to_owned()
}
