//! The certificates that the function trusts: Amazon's certificates, else the machine's. If a variable names others,
//! only those.

use serde_json::json;

use crate::harness::{Function, ROUTE, TestWorld, run_to_end, tls::Authority, uploads};

#[tokio::test]
async fn certificates_that_a_variable_names_are_taken() {
    let authority = Authority::new();
    for (variable, path) in [
        ("SSL_CERT_FILE", &authority.certificates),
        ("SSL_CERT_DIR", &authority.folder),
        ("AWS_CA_BUNDLE", &authority.certificates),
    ] {
        let test_world = TestWorld::at_zero().await;
        let front = authority.front(test_world.url()).await;
        let named = [(variable, path.to_str().unwrap())];
        let mut function = Function::start_with(&front.url, ROUTE, &named).await;
        let invoked = function.invoke(&uploads(1)).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{variable}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_amazons_is_checked_with_the_certificates_of_the_machine() {
    let authority = Authority::new();
    let test_world = TestWorld::at_zero().await;
    let front = authority.front(test_world.url()).await;
    let mut function = Function::start_with(&front.url, ROUTE, &[]).await;
    let nothing = json!({ "Records": [] });
    assert_eq!(*function.invoke(&nothing).await.answer(), json!({ "decisions": [] }));
    // Two connections are opened in advance without retries. At least one of them is aborted.
    front.refused(3).await;
    assert_eq!(test_world.sim.with(|world| world.calls_total()), 0, "and trusted by neither");
}

#[tokio::test]
async fn the_bundle_has_precedence_over_the_other_variables() {
    let (authority, another) = (Authority::new(), Authority::new());
    let test_world = TestWorld::at_zero().await;
    let front = authority.front(test_world.url()).await;
    let named = [
        ("AWS_CA_BUNDLE", authority.certificates.to_str().unwrap()),
        ("SSL_CERT_FILE", another.certificates.to_str().unwrap()),
    ];
    let mut function = Function::start_with(&front.url, ROUTE, &named).await;
    let invoked = function.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn an_invalid_certificate_does_not_affect_the_others_in_the_bundle() {
    let authority = Authority::new();
    let odd = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
    let bundle = authority.folder.join("with-an-odd-one.pem");
    let good = std::fs::read_to_string(&authority.certificates).unwrap();
    std::fs::write(&bundle, format!("# a comment\n{odd}{good}{odd}")).unwrap();
    let test_world = TestWorld::at_zero().await;
    let front = authority.front(test_world.url()).await;
    let named = [("AWS_CA_BUNDLE", bundle.to_str().unwrap())];
    let mut function = Function::start_with(&front.url, ROUTE, &named).await;
    let invoked = function.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn a_bundle_without_certificates_prevents_the_start() {
    let authority = Authority::new();
    let empty = authority.folder.join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    let empty = empty.to_str().unwrap();
    for (variable, path, problem) in [
        ("AWS_CA_BUNDLE", empty, "it holds no certificate"),
        ("AWS_CA_BUNDLE", "/nowhere/bundle.pem", "No such file"),
        ("SSL_CERT_FILE", empty, "no certificate can be read there"),
        ("SSL_CERT_DIR", "/nowhere", "no certificate can be read there"),
    ] {
        let variables =
            [("AWS_LAMBDA_RUNTIME_API", "{api}"), ("SCALER_ROUTES", ROUTE), (variable, path)];
        let cannot_start = format!("cannot start: {variable} names");
        let finished = run_to_end(&[], &variables).await;
        assert!(finished.code.is_some_and(|code| code != 0), "{path}");
        assert!(!finished.asked_for_work, "{path}");
        for text in [&cannot_start, path, problem, "what to do: "] {
            assert!(finished.stdout.contains(text), "{text} is missing in {}", finished.stdout);
        }
    }
}
