//! Requests without a client.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Served;

/// The status line, the headers and the document of the answer.
async fn answer(served: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).await.unwrap();
    let request =
        format!("{request}\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", served.port);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_request_for_a_bucket_without_a_signature_is_denied() {
    let served = Served::start().await;
    served.sim.with(|world| world.put_bucket("my-inputs", simulator::Bucket::default()));
    served.objects.put("my-inputs", "a", "text/plain", b"secret").await.unwrap();
    for request in
        ["GET /my-inputs/a HTTP/1.1", "GET /my-inputs HTTP/1.1", "DELETE /my-inputs/a HTTP/1.1"]
    {
        let answer = answer(&served, request).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("<Code>AccessDenied</Code>"), "{answer}");
        assert!(answer.contains("x-amz-request-id: "), "{answer}");
    }
    let head = answer(&served, "HEAD /my-inputs/a HTTP/1.1").await;
    assert!(head.starts_with("HTTP/1.1 403 ") && !head.contains("<Code>"), "{head}");
    assert!(served.objects.head("my-inputs", "a").is_some());
}

#[tokio::test]
async fn a_request_for_another_service_is_not_for_s3() {
    let served = Served::start().await;
    let functions = answer(&served, "GET /2015-03-31/functions/ HTTP/1.1").await;
    assert!(functions.contains("\"Functions\":[]"), "{functions}");
    let body = "POST / HTTP/1.1\r\nX-Amz-Target: SageMaker.ListEndpoints\r\nContent-Type: application/x-amz-json-1.1\r\n\
                Authorization: AWS4-HMAC-SHA256 Credential=local/20300101/eu-central-1/sagemaker/aws4_request\r\n\
                Content-Length: 0";
    let endpoints = answer(&served, body).await;
    assert!(
        endpoints.contains("application/x-amz-json") || endpoints.contains("__type"),
        "{endpoints}"
    );
}

#[tokio::test]
async fn a_hundred_half_requests_harm_nobody() {
    let served = Served::start().await;
    served.sim.with(|world| world.put_bucket("my-inputs", simulator::Bucket::default()));
    let mut open = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(("127.0.0.1", served.port)).await.unwrap();
        stream.write_all(b"PUT /my-inputs/a HTTP/1.1\r\nHost: x\r\nContent-Le").await.unwrap();
        open.push(stream);
    }
    let answer = answer(&served, "GET /my-inputs HTTP/1.1").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}
