//! Proxies that the environment sets, and the hosts that the function requests through them.

use serde_json::json;

use crate::harness::{
    Function, ROUTE, TestWorld,
    proxy::{Proxy, Tunnels},
    run_to_end,
    tls::Authority,
    uploads,
};

const WAKES: [&str; 1] = ["input wake work_arrived 0->1"];

#[tokio::test]
async fn https_goes_through_the_proxy_in_a_tunnel() {
    let authority = Authority::new();
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let test_world = TestWorld::at_zero().await;
        let front = authority.front(test_world.url()).await;
        let proxy = Proxy::start(Tunnels::Open);
        let variables = [
            (variable, proxy.url.as_str()),
            ("AWS_CA_BUNDLE", authority.certificates.to_str().unwrap()),
        ];
        let mut function = Function::start_with(&front.url, ROUTE, &variables).await;
        assert_eq!(function.invoke(&uploads(1)).await.decided(), WAKES, "{variable}");
        let host = front.url.trim_start_matches("https://");
        assert!(!proxy.tunnels().is_empty(), "{variable}");
        assert!(proxy.asked().iter().all(|asked| asked == &format!("CONNECT {host}")));
    }
}

#[tokio::test]
async fn the_machine_s_certificates_are_tried_in_a_tunnel_too() {
    let authority = Authority::new();
    let test_world = TestWorld::at_zero().await;
    let front = authority.front(test_world.url()).await;
    let proxy = Proxy::start(Tunnels::Open);
    let variables = [("HTTPS_PROXY", proxy.url.as_str())];
    let mut function = Function::start_with(&front.url, ROUTE, &variables).await;
    let nothing = json!({ "Records": [] });
    assert_eq!(*function.invoke(&nothing).await.answer(), json!({ "decisions": [] }));
    // Two connections are opened in advance without retries. At least one of them is aborted.
    front.refused(3).await;
    assert!(proxy.tunnels().len() >= 3, "{:?}", proxy.asked());
}

#[tokio::test]
async fn plain_http_goes_through_its_own_proxy() {
    for variable in ["HTTP_PROXY", "http_proxy"] {
        let test_world = TestWorld::at_zero().await;
        let proxy = Proxy::start(Tunnels::Open);
        let variables = [(variable, proxy.url.as_str())];
        let mut function = Function::start_with(test_world.url(), ROUTE, &variables).await;
        assert_eq!(function.invoke(&uploads(1)).await.decided(), WAKES, "{variable}");
        assert!(!proxy.asked().is_empty(), "{variable}");
        let forwarded = format!("POST {}/", test_world.url());
        assert!(proxy.asked().iter().all(|asked| asked.starts_with(&forwarded)), "{forwarded}");
    }
}

#[tokio::test]
async fn hosts_in_no_proxy_are_called_directly() {
    let authority = Authority::new();
    for variable in ["NO_PROXY", "no_proxy"] {
        for (host, excepted) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", "10.0.0.1, 127.0.0.0/8"),
            ("localhost", "example.com,localhost"),
            // `*` does not match IP addresses.
            ("localhost", "*"),
        ] {
            let test_world = TestWorld::at_zero().await;
            let front = authority.front(test_world.url()).await;
            let url = front.url.replace("127.0.0.1", host);
            let proxy = Proxy::start(Tunnels::Open);
            let variables = [
                ("HTTPS_PROXY", proxy.url.as_str()),
                (variable, excepted),
                ("AWS_CA_BUNDLE", authority.certificates.to_str().unwrap()),
            ];
            let mut function = Function::start_with(&url, ROUTE, &variables).await;
            assert_eq!(function.invoke(&uploads(1)).await.decided(), WAKES, "{excepted}");
            assert_eq!(proxy.asked(), [""; 0], "{variable}={excepted}");
        }
    }
}

#[tokio::test]
async fn stored_routes_are_read_through_the_proxy() {
    let authority = Authority::new();
    for place in ["ssm:/reactive-scaler/routes", "s3://my-config/routes.json"] {
        let test_world = TestWorld::at_zero().await;
        test_world.sim.with(|world| world.store(place, ROUTE));
        let front = authority.front(test_world.url()).await;
        let proxy = Proxy::start(Tunnels::Open);
        // Other calls do not use the proxy.
        let service =
            if place.starts_with("ssm:") { "AWS_ENDPOINT_URL_SSM" } else { "AWS_ENDPOINT_URL_S3" };
        let variables = [
            ("HTTPS_PROXY", proxy.url.as_str()),
            (service, front.url.as_str()),
            ("AWS_CA_BUNDLE", authority.certificates.to_str().unwrap()),
        ];
        let mut function = Function::start_with(test_world.url(), place, &variables).await;
        assert_eq!(function.invoke(&uploads(1)).await.decided(), WAKES, "{place}");
        assert_eq!(proxy.tunnels(), [front.url.trim_start_matches("https://")], "{place}");
    }
}

/// The hosts of the `CONNECT` requests of a start, which the proxy refuses.
async fn hosts(routes: &str, more: &[(&str, &str)]) -> Vec<String> {
    let proxy = Proxy::start(Tunnels::Refused);
    let variables = [
        ("AWS_LAMBDA_RUNTIME_API", "{api}"),
        ("HTTPS_PROXY", proxy.url.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret"),
        ("SCALER_ROUTES", routes),
    ];
    let finished = run_to_end(&[], &[&variables[..], more].concat()).await;
    assert!(finished.stdout.contains("cannot start: Get"), "{}", finished.stdout);
    let mut hosts = proxy.tunnels();
    hosts.sort();
    hosts.dedup();
    hosts
}

#[tokio::test]
async fn stored_routes_use_fips_and_dual_stack_endpoints() {
    const FIPS: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "true");
    const DUAL: (&str, &str) = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
    let (parameter, object) = ("ssm:/routes", "s3://my-config/routes.json");
    for (place, variables, expected) in [
        (parameter, vec![], "ssm.us-east-1.amazonaws.com:443"),
        (parameter, vec![FIPS], "ssm-fips.us-east-1.amazonaws.com:443"),
        (parameter, vec![DUAL], "ssm.us-east-1.api.aws:443"),
        (object, vec![], "my-config.s3.us-east-1.amazonaws.com:443"),
        (object, vec![FIPS], "my-config.s3-fips.us-east-1.amazonaws.com:443"),
        (object, vec![DUAL], "my-config.s3.dualstack.us-east-1.amazonaws.com:443"),
        (object, vec![FIPS, DUAL], "my-config.s3-fips.dualstack.us-east-1.amazonaws.com:443"),
    ] {
        let hosts = hosts(place, &variables).await;
        assert!(hosts.iter().any(|host| host == expected), "{place} {variables:?}: {hosts:?}");
    }
}
