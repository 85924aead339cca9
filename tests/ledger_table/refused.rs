//! What the simulator's HTTP interface refuses: DynamoDB may accept it, and the model would not do what it says.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnValue},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use reactive_scaler::port::Ledger;

use crate::setup::*;

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn key() -> HashMap<String, AttributeValue> {
    let hash = location("a").sort_key();
    HashMap::from([("endpoint".into(), text(ENDPOINT)), ("location_hash".into(), text(&hash))])
}

/// The error of an UpdateItem of an item that exists.
async fn update(client: &Client, expression: &str, value: AttributeValue) -> Option<String> {
    let call = client.update_item().table_name(TABLE).set_key(Some(key()));
    let call = call.update_expression(expression).expression_attribute_values(":v", value);
    let error = call.send().await.err()?;
    assert_eq!(error.code(), Some("ValidationException"), "{expression}");
    Some(error.message().unwrap().to_owned())
}

#[tokio::test]
async fn updates_that_the_ledger_does_not_make() {
    let sim = model();
    let (ledger, server) = over_http(&sim).await;
    ledger.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap();
    let before = sim.with(|world| world.ledger(ENDPOINT).cloned().collect::<Vec<_>>());
    let client = Client::new(&config(&server.url));
    let number = || AttributeValue::N("1".into());
    for (expression, value, says) in [
        ("REMOVE uploads", number(), "only the expressions"),
        ("SET touched_at = touched_at + :v", number(), "Syntax error"),
        ("SET touched_at = if_not_exists(touched_at, :v)", number(), "only the expressions"),
        ("ADD touched_at :v", number(), "only the expressions"),
        ("SET #unknown = :v", number(), "is not defined"),
        ("SET touched_at = :unknown", number(), "is not defined"),
        ("SET touched_at", number(), "only the expressions"),
        ("SET a.b = :v", number(), "Syntax error"),
        ("SET endpoint = :v", text("b"), "part of the key"),
        ("SET colour = :v", text("red"), "colour is not an attribute"),
        ("SET touched_at = :v", text("1"), "touched_at"),
        ("SET expires_at = :v", number(), "expires_at"),
        ("SET input_location = :v", text("s3://my-inputs/b"), "location_hash"),
        ("SET input_location = :v", text("nowhere"), "input_location"),
    ] {
        let message = update(&client, expression, value).await;
        let message = message.unwrap_or_else(|| panic!("{expression} was accepted"));
        assert!(message.contains(says), "{expression}: {message}");
    }
    assert_eq!(sim.with(|world| world.ledger(ENDPOINT).cloned().collect::<Vec<_>>()), before);
    assert_eq!(update(&client, "SET forgotten_until = :v", number()).await, None);
}

#[tokio::test]
async fn conditions_and_members_that_the_ledger_does_not_send() {
    let sim = model();
    let (_, server) = over_http(&sim).await;
    let client = Client::new(&config(&server.url));
    for (condition, says) in [
        ("begins_with(input_location, :v)", "only the expressions"),
        ("touched_at BETWEEN :v AND :v", "only the expressions"),
        ("touched_at IN (:v)", "only the expressions"),
        ("touched_at <> :v", "Syntax error"),
        ("(touched_at = :v", "only the expressions"),
        ("touched_at = :v :v", "only the expressions"),
        ("attribute_exists(uploads)", "unused in expressions: :v"),
    ] {
        let call = client.delete_item().table_name(TABLE).set_key(Some(key()));
        let call = call.condition_expression(condition);
        let error = call.expression_attribute_values(":v", text("1")).send().await.unwrap_err();
        assert_eq!(error.code(), Some("ValidationException"), "{condition}");
        assert!(error.message().unwrap().contains(says), "{condition}: {error:?}");
    }
    let call = client.delete_item().table_name(TABLE).set_key(Some(key()));
    let error = call.return_values(ReturnValue::AllOld).send().await.unwrap_err();
    assert!(error.message().unwrap().contains("unknown field `ReturnValues`"), "{error:?}");
    let call = client.delete_item().table_name(TABLE).key("endpoint", text(ENDPOINT));
    let error = call.send().await.unwrap_err();
    assert!(error.message().unwrap().contains("does not match the schema"), "{error:?}");
    let error = client.list_tables().send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    let error = client.delete_item().table_name("b").set_key(Some(key())).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
    assert_eq!(sim.with(|world| world.calls_total()), 0);
}
