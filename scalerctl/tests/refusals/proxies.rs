//! The commands call AWS through the proxy that the environment sets.

use crate::{
    KEYS, REGION, aws, has,
    proxy::{Proxy, Tunnels},
    refusal,
};

#[tokio::test]
async fn each_command_goes_through_the_proxy() {
    for command in crate::COMMANDS {
        let proxy = Proxy::start(Tunnels::Refused);
        let variables = [&KEYS[..], &[REGION, ("https_proxy", &proxy.url)]].concat();
        let message = refusal("https://aws.example", &variables, command).await;
        has(&message, &["no answer from AWS"]);
        assert!(!proxy.tunnels().is_empty(), "{command:?}");
        assert!(proxy.tunnels().iter().all(|host| host == "aws.example:443"), "{command:?}");
    }
}

#[tokio::test]
async fn answers_pass_through_the_proxy() {
    let (_sim, aws) = aws().await;
    let proxy = Proxy::start(Tunnels::Open);
    let variables = [&KEYS[..], &[REGION, ("HTTP_PROXY", &proxy.url)]].concat();
    let message = refusal(&aws.url, &variables, &["wake", "zzz"]).await;
    has(&message, &["no such endpoint in eu-central-1"]);
    let is_call = |line: &String| {
        ["POST", "GET"].iter().any(|verb| line.starts_with(&format!("{verb} {}/", aws.url)))
    };
    assert!(proxy.asked().iter().all(is_call));
    assert!(!proxy.asked().is_empty());
}

#[tokio::test]
async fn hosts_in_no_proxy_and_the_simulated_aws_are_called_without_the_proxy() {
    let (_sim, aws) = aws().await;
    let proxy = Proxy::start(Tunnels::Open);
    let through = ("HTTP_PROXY", proxy.url.as_str());
    let variables = [&KEYS[..], &[REGION, through, ("NO_PROXY", "127.0.0.1")]].concat();
    let message = refusal(&aws.url, &variables, &["wake", "zzz"]).await;
    has(&message, &["no such endpoint in eu-central-1"]);
    let message = refusal(&aws.url, &[through], &["wake", "zzz", "--local"]).await;
    has(&message, &["no such endpoint in eu-central-1"]);
    assert_eq!(proxy.asked(), [""; 0]);
}
