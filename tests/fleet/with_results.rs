//! Which uploads enter the ledger if a route means several endpoints: those that name exactly one.

use reactive_scaler::lease::{LEASE, WORK};
use serde_json::json;

use crate::setup::{BUCKET, Setup, id, sdk_key};

const SDK: &str =
    r#"[{"preset":"sagemaker-sdk","bucket":"sagemaker-eu-west-1-123456789012","results":true}]"#;

/// What an upload of this name wakes: each endpoint with its record, and the number of writes to the ledger.
async fn woken(setup: &Setup, endpoints: &[&str], name: &str) -> (Vec<String>, usize) {
    let event = json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": setup.sim.now().to_string(),
        "s3": { "bucket": { "name": BUCKET }, "object": { "key": sdk_key(name), "sequencer": "01" } },
    }]});
    setup.send(&event).await.unwrap();
    setup.sim.with(|world| {
        let has = |endpoint: &str, record| world.action(&id(endpoint), record).is_some();
        let record = |endpoint: &&str| match (has(endpoint, LEASE), has(endpoint, WORK)) {
            (false, false) => None,
            (lease, work) => Some(format!("{endpoint}: lease {lease}, work {work}")),
        };
        let records = endpoints.iter().filter_map(record).collect();
        (records, world.calls("UpdateItem"))
    })
}

#[tokio::test]
async fn a_key_with_the_name_of_an_endpoint_is_recorded() {
    let all = ["one", "two"];
    let setup = Setup::new(SDK, &all);
    let expected = vec!["one: lease false, work true".to_owned()];
    assert_eq!(woken(&setup, &all, "one").await, (expected, 1));
}

#[tokio::test]
async fn a_key_that_can_mean_several_endpoints_has_leases_and_no_record_in_the_ledger() {
    let all = ["one", "two", "three"];
    let setup = Setup::new(SDK, &all);
    setup.sim.with(|world| {
        for name in ["one", "two"] {
            world.endpoint_mut(name).variants[0].model = Some("my-model".to_owned());
        }
    });
    let leases = ["one", "two"].map(|name| format!("{name}: lease true, work false")).to_vec();
    assert_eq!(woken(&setup, &all, "my-model").await, (leases, 0));
}

/// The SDK cuts a name at 51 characters, so the key can mean any endpoint whose name begins like this.
#[tokio::test]
async fn a_key_with_a_name_that_was_cut_is_recorded_only_if_one_endpoint_begins_like_this() {
    let names = ["a", "b"].map(|end| format!("{}-{end}", "n".repeat(55)));
    let all = [names[0].as_str(), names[1].as_str()];
    let setup = Setup::new(SDK, &all[..1]);
    let expected = vec![format!("{}: lease false, work true", all[0])];
    assert_eq!(woken(&setup, &all, all[0]).await, (expected, 1));

    let setup = Setup::new(SDK, &all);
    let leases = all.map(|name| format!("{name}: lease true, work false")).to_vec();
    assert_eq!(woken(&setup, &all, all[0]).await, (leases, 0));
}
