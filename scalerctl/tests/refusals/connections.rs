//! Servers that are not AWS, and connections that fail.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use tokio::process::Command;

use crate::{KEYS, REGION, aws, has, refusal, tls::Authority, with_account};

/// A server that answers the first bytes of each connection with these, and closes it. Returns its port.
pub fn server(answer: impl Into<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.into();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            // Ignores errors: the program can end during a connection.
            let _ = answer_once(&mut client, &answer);
        }
    });
    port
}

fn answer_once(client: &mut TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let mut request = [0; 16_384];
    if client.read(&mut request)? == 0 {
        return Ok(());
    }
    client.write_all(answer)?;
    client.shutdown(std::net::Shutdown::Write)?;
    // Without reading the rest, the connection would be reset.
    while client.read(&mut request)? > 0 {}
    Ok(())
}

fn page(status: &str) -> String {
    response(status, "<html><body>a page</body></html>")
}

/// An HTTP response with this body.
pub fn response(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: \
         close\r\n\r\n{body}",
        body.len()
    )
}

/// Commands with first calls in different protocols: JSON, CBOR, REST.
const COMMANDS: [&[&str]; 3] =
    [&["wake", "my-endpoint"], &["status"], &["smoke", "--function", "my-scaler"]];

/// The texts of the SDK that a user cannot act on.
const SDK: [&str; 7] = [
    "unexpected token",
    "expected object",
    "offset 0",
    "without a code",
    "dispatch failure",
    "corrupt message",
    "os error",
];

/// Asserts that each command prints these parts.
async fn each(url: &str, variables: &[(&str, &str)], parts: &[&str]) {
    for command in COMMANDS {
        let variables = [&KEYS[..], &[REGION], variables].concat();
        let message = refusal(url, &variables, command).await;
        has(&message, parts);
        has(&message, &[" failed: no answer from AWS: "]);
        for text in SDK {
            assert!(!message.contains(text), "{text} in {message}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_server_is_not_taken_for_an_answer_of_aws() {
    for status in ["200 OK", "302 Found", "403 Forbidden", "404 Not Found", "503 Unavailable"] {
        let url = format!("http://127.0.0.1:{}", server(page(status)));
        let number = format!("HTTP status {}, and not in the format of AWS", &status[..3]);
        let address = format!("AWS_ENDPOINT_URL ({url})");
        let command = format!("\n  curl -v {url}\n");
        each(&url, &[], &[&number, &address, &command]).await;
    }
}

/// The SDK takes any JSON object, and an empty body, for a complete answer.
#[tokio::test]
async fn json_of_another_server_is_not_taken_for_an_answer_of_aws() {
    for (status, body) in [
        ("200 OK", "{}"),
        ("200 OK", ""),
        ("200 OK", r#"{"status":"ok"}"#),
        ("404 Not Found", r#"{"message":"no such page"}"#),
        ("404 Not Found", ""),
    ] {
        let url = format!("http://127.0.0.1:{}", server(response(status, body)));
        let number = format!("HTTP status {}, and not in the format of AWS", &status[..3]);
        for command in with_account() {
            let message = refusal(&url, &[&KEYS[..], &[REGION]].concat(), command).await;
            let address = format!("AWS_ENDPOINT_URL ({url})");
            has(&message, &[&number, &address, &format!("\n  curl -v {url}\n")]);
            // The link to a local AWS needs no call.
            if command == ["open"] {
                continue;
            }
            let local = refusal(&url, &[], &[command, &["--local"]].concat()).await;
            has(&local, &[&number, &address]);
        }
    }
}

/// The configuration files can also have the address.
#[tokio::test]
async fn another_server_at_the_address_of_the_profile_is_named() {
    let url = format!("http://127.0.0.1:{}", server(response("200 OK", "{}")));
    let config = std::env::temp_dir().join(format!("scalerctl-address-{}", std::process::id()));
    std::fs::write(&config, format!("[default]\nendpoint_url = {url}\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .env_clear()
        .envs([&KEYS[..], &[REGION, ("AWS_CONFIG_FILE", config.to_str().unwrap())]].concat())
        .args(["doctor", "my-endpoint"])
        .output()
        .await
        .unwrap();
    std::fs::remove_file(&config).unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    let address = format!("check endpoint_url of the AWS configuration ({url})");
    has(&message, &["not in the format of AWS", &address, &format!("\n  curl -v {url}\n")]);
}

/// A wrong address of one service: what it answers is no fact about targets, alarms, functions, buckets, or logs.
#[tokio::test]
async fn json_of_another_server_is_not_taken_for_an_answer_of_one_service() {
    let foreign = format!("http://127.0.0.1:{}", server(response("200 OK", "{}")));
    let (_sim, aws) = aws().await;
    let doctor = ["doctor", "my-endpoint", "-o", "json"];
    let status = ["status", "my-endpoint", "--log-group", "my-log", "-o", "json"];
    for (service, command, operation) in [
        ("APPLICATION_AUTO_SCALING", &doctor[..], "DescribeScalableTargets on *"),
        ("CLOUDWATCH", &doctor, "GetMetricData on *"),
        ("LAMBDA", &doctor, "ListFunctions on *"),
        ("CLOUDWATCH_LOGS", &status, "FilterLogEvents on my-log"),
    ] {
        let variable = format!("AWS_ENDPOINT_URL_{service}");
        let output = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .env_clear()
            .envs([&KEYS[..], &[REGION, ("AWS_ENDPOINT_URL", &aws.url)]].concat())
            .env(&variable, &foreign)
            .args(command)
            .output()
            .await
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let problem =
            format!("{operation} failed: no answer from AWS: HTTP status 200, and not in");
        has(&text, &[&problem, &format!("{variable} ({foreign})")]);
        if service != "CLOUDWATCH_LOGS" {
            has(&text, &["not-readable"]);
        }
        let fact = match service {
            "LAMBDA" => "no-function",
            _ => "not-registered",
        };
        assert!(!text.contains(fact), "{fact}: {text}");
    }
}

#[tokio::test]
async fn a_proxy_that_answers_with_a_page_is_named_without_its_password() {
    for status in ["200 OK", "503 Unavailable"] {
        let host = format!("127.0.0.1:{}", server(page(status)));
        let proxy = format!("http://me:secret@{host}");
        let named = format!("HTTP_PROXY (http://{host})");
        let number = format!("HTTP status {}", &status[..3]);
        for command in COMMANDS {
            let variables = [&KEYS[..], &[REGION, ("HTTP_PROXY", &proxy)]].concat();
            let message = refusal("http://aws.example", &variables, command).await;
            has(&message, &[&number, &named, "AWS_ENDPOINT_URL (http://aws.example)"]);
            assert!(!message.contains("secret"), "{message}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_open_a_tunnel_is_named() {
    let host = format!("127.0.0.1:{}", server(page("503 Unavailable")));
    let proxy = format!("http://{host}");
    let parts = ["the proxy did not connect", &format!("HTTPS_PROXY ({proxy})"), "NO_PROXY"];
    each("https://aws.example", &[("HTTPS_PROXY", &proxy)], &parts).await;
}

#[tokio::test]
async fn a_proxy_that_requires_a_login_is_named() {
    let host = format!("127.0.0.1:{}", server(page("407 Proxy Authentication Required")));
    let proxy = format!("http://{host}");
    for (variable, url) in
        [("HTTPS_PROXY", "https://aws.example"), ("HTTP_PROXY", "http://aws.example")]
    {
        let command = format!("\n  export {variable}=http://USER:PASSWORD@{host}\n");
        let parts = ["the proxy requires a user name and a password", &command];
        each(url, &[(variable, &proxy)], &parts).await;
    }
}

#[tokio::test]
async fn a_proxy_without_a_server_is_named() {
    let parts = ["the connection was refused", "HTTPS_PROXY (http://127.0.0.1:1)", "curl -v "];
    each("https://aws.example", &[("HTTPS_PROXY", "http://127.0.0.1:1")], &parts).await;
}

#[tokio::test]
async fn https_to_a_server_without_tls_is_named() {
    let port = server(page("400 Bad Request"));
    let command = format!("\n  export AWS_ENDPOINT_URL=http://127.0.0.1:{port}\n");
    let parts = ["the server does not use TLS, but the URL is https://", &command];
    each(&format!("https://127.0.0.1:{port}"), &[], &parts).await;
}

#[tokio::test]
async fn http_to_a_server_with_tls_is_named() {
    let front = Authority::new().front("http://127.0.0.1:1").await;
    let plain = front.url.replace("https://", "http://");
    let command = format!("\n  export AWS_ENDPOINT_URL={}\n", front.url);
    each(&plain, &[], &["if the server uses TLS", &command]).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_named() {
    let authority = Authority::new();
    let front = authority.front("http://127.0.0.1:1").await;
    let parts = ["certificate is not trusted", "\n  export AWS_CA_BUNDLE=/path/to/"];
    each(&front.url, &[], &parts).await;
    let other = Authority::new();
    let bundle = other.certificates.to_str().unwrap();
    let parts = ["certificate is not trusted", &format!("to {bundle} (AWS_CA_BUNDLE)")];
    each(&front.url, &[("AWS_CA_BUNDLE", bundle)], &parts).await;
}

#[tokio::test]
async fn a_certificate_for_another_name_is_named() {
    let authority = Authority::new();
    let front = authority.front("http://127.0.0.1:1").await;
    // The certificate is for 127.0.0.1 and localhost.
    let url = front.url.replace("127.0.0.1", "127.0.0.2");
    let bundle = [("AWS_CA_BUNDLE", authority.certificates.to_str().unwrap())];
    let address = front.url.trim_start_matches("https://127.0.0.1:").to_owned();
    let forwarded = forward(address.parse().unwrap());
    let url = url.replace(&address, &forwarded.to_string());
    each(&url, &bundle, &["certificate is for another name", "curl -v "]).await;
}

/// A port of 127.0.0.2 that forwards to this port of 127.0.0.1.
fn forward(to: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.2", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut back, mut answers) =
                (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut answers, &mut back));
            let (mut client, mut server) = (client, server);
            thread::spawn(move || std::io::copy(&mut client, &mut server));
        }
    });
    port
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_named() {
    let parts = ["the server's name cannot be resolved", "\n  curl -v https://aws.invalid\n"];
    each("https://aws.invalid", &[], &parts).await;
}

#[tokio::test]
async fn a_connection_that_is_closed_without_an_answer_is_named() {
    let of_aws = "HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ncontent-length: 100\r\n\r\n{";
    for answer in ["", of_aws] {
        let url = format!("http://127.0.0.1:{}", server(answer));
        each(&url, &[], &["closed before the answer was complete", &url]).await;
    }
}

#[tokio::test]
async fn a_server_that_does_not_use_http_is_named() {
    let url = format!("http://127.0.0.1:{}", server("SSH-2.0-OpenSSH_9.9\r\n"));
    each(&url, &[], &["what the server answered is not HTTP", &url]).await;
}

/// The system accepts the connection, and nothing reads from it.
#[tokio::test]
async fn a_server_that_does_not_answer_the_tls_handshake_is_named() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let message = refusal(&url, &[&KEYS[..], &[REGION]].concat(), &["wake", "my-endpoint"]).await;
    has(&message, &["no connection in time", "run the command again", "curl -v "]);
}
