//! Whom the function trusts: Amazon's own certificates, else the machine's, and where others are named,
//! those alone.

use serde_json::json;

use crate::harness::{Function, ROUTE, Scene, tls::Authority, uploads};

#[tokio::test]
async fn certificates_that_a_variable_names_are_taken() {
    let authority = Authority::new();
    for (variable, path) in
        [("SSL_CERT_FILE", &authority.certificates), ("SSL_CERT_DIR", &authority.folder)]
    {
        let scene = Scene::asleep().await;
        let front = authority.front(scene.url()).await;
        let named = [(variable, path.to_str().unwrap())];
        let mut function = Function::start_with(&front.url, ROUTE, &named).await;
        let invoked = function.invoke(&uploads(1)).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{variable}");
    }
}

#[tokio::test]
async fn a_server_whose_certificate_is_none_of_amazon_s_is_tried_with_the_machine_s() {
    let authority = Authority::new();
    let scene = Scene::asleep().await;
    let front = authority.front(scene.url()).await;
    let mut function = Function::start_with(&front.url, ROUTE, &[]).await;
    let nothing = json!({ "Records": [] });
    assert_eq!(*function.invoke(&nothing).await.answer(), json!({ "decisions": [] }));
    // Two connections are made beforehand, without retries: at least one of them comes back.
    front.refused(3).await;
    assert_eq!(scene.sim.with(|world| world.calls_total()), 0, "and trusted by neither");
}
