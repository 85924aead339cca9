//! The same calls on each server: the simulator over HTTP, moto, and dynalite.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use reactive_scaler::{
    aws::SdkAws,
    port::{FailureKind, Ledger},
};

use crate::{
    dynalite_server::DynaliteServer, moto_clients, moto_server::MotoServer,
    sequence::agrees_with_the_model, setup::*,
};

const SEEDS: std::ops::Range<u64> = 1..6;

#[tokio::test]
async fn the_simulator_over_http_agrees() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    agrees_with_the_model(&ledger, SEEDS).await;
}

#[tokio::test]
async fn moto_agrees() {
    let Some(server) = MotoServer::start() else { return };
    let config = moto_clients::config(&server.url());
    create_table(&config).await;
    let ledger = SdkAws::new(&config).with_ledger(Some(TABLE.into()));
    agrees_with_the_model(&ledger, SEEDS).await;
    pages_are_read_to_their_end(&ledger).await;
    a_missing_table_is_named(&config).await;
    time_to_live_is_turned_on(&config).await;
    an_expired_item_that_is_still_there_is_left_out(&ledger, &config).await;
}

#[tokio::test]
async fn dynalite_agrees() {
    let Some(server) = DynaliteServer::start() else { return };
    let config = config(&server.url());
    create_table(&config).await;
    let ledger = SdkAws::new(&config).with_ledger(Some(TABLE.into()));
    agrees_with_the_model(&ledger, SEEDS).await;
    pages_are_read_to_their_end(&ledger).await;
    a_missing_table_is_named(&config).await;
    an_expired_item_that_is_still_there_is_left_out(&ledger, &config).await;
}

/// The table that a user creates.
async fn create_table(config: &SdkConfig) {
    let client = aws_sdk_dynamodb::Client::new(config);
    let mut create =
        client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("endpoint", KeyType::Hash), ("location_hash", KeyType::Range)] {
        let text = AttributeDefinition::builder().attribute_name(name);
        let text = text.attribute_type(ScalarAttributeType::S).build().unwrap();
        let key = KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
        create = create.attribute_definitions(text).key_schema(key);
    }
    create.send().await.unwrap();
    loop {
        let table = client.describe_table().table_name(TABLE).send().await.unwrap();
        if table.table().unwrap().table_status() == Some(&TableStatus::Active) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The Query of AWS ends a page after 1 MB.
async fn pages_are_read_to_their_end(ledger: &SdkAws) {
    let long = "x".repeat(3_000);
    for number in 0..700 {
        let input = location(&format!("{number}/{long}"));
        ledger.add_upload("many", &input, &upload("1"), at(0)).await.unwrap();
    }
    let first = ledger.items("many", None).await.unwrap();
    assert!(first.items.len() < 700 && first.next.is_some(), "{}", first.items.len());
    let reading = ledger.reading("many", at(0), at(1)).await.unwrap();
    assert_eq!((reading.items.len(), reading.complete), (700, true));
}

async fn a_missing_table_is_named(config: &SdkConfig) {
    let ledger = SdkAws::new(config).with_ledger(Some("another-table".into()));
    let failure = ledger.items(ENDPOINT, None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TableMissing, "{failure}");
    assert_eq!((failure.operation, failure.resource.as_str()), ("Query", "table/another-table"));
}

async fn time_to_live_is_turned_on(config: &SdkConfig) {
    let attribute = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires_at");
    let client = aws_sdk_dynamodb::Client::new(config);
    client
        .update_time_to_live()
        .table_name(TABLE)
        .time_to_live_specification(attribute.build().unwrap())
        .send()
        .await
        .unwrap();
    let shown = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    let shown = shown.time_to_live_description().unwrap();
    assert_eq!(shown.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
    assert_eq!(shown.attribute_name(), Some("expires_at"));
}

/// DynamoDB deletes an item within days after the second that its time to live names.
async fn an_expired_item_that_is_still_there_is_left_out(ledger: &SdkAws, config: &SdkConfig) {
    ledger.add_upload("expired", &location("a"), &upload("1"), at(0)).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(config);
    let query = client.query().table_name(TABLE).key_condition_expression("endpoint = :endpoint");
    let query = query.expression_attribute_values(":endpoint", AttributeValue::S("expired".into()));
    let day = 24 * 60 * 60;
    let stored = query.send().await.unwrap().items()[0]["expires_at"].as_n().unwrap().clone();
    assert_eq!(stored, at(day).as_second().to_string());
    for (now, left) in [(day - 1, 1), (day, 0)] {
        let reading = ledger.reading("expired", at(now), at(now)).await.unwrap();
        assert_eq!((reading.items.len(), reading.complete), (left, true), "{now}");
    }
    assert_eq!(ledger.items("expired", None).await.unwrap().items.len(), 1);
}
