//! DynamoDB over awsJson1.0: UpdateItem, DeleteItem, and Query on the ledger's table.
//!
//! The table holds items of the ledger only. What this interface does not know, it refuses.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    dynamodb_attributes::{Attributes, ENDPOINT, LOCATION_HASH, of_item, to_item},
    dynamodb_expressions::{Condition, Names, Update},
    refusals::unknown_operation,
};
use crate::{CallError, CallResult, Operation, Refusal, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Write {
    table_name: String,
    key: Attributes,
    update_expression: Option<String>,
    condition_expression: Option<String>,
    #[serde(default)]
    expression_attribute_names: HashMap<String, String>,
    #[serde(default)]
    expression_attribute_values: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Query {
    table_name: String,
    key_condition_expression: String,
    #[serde(default)]
    expression_attribute_names: HashMap<String, String>,
    #[serde(default)]
    expression_attribute_values: Attributes,
    exclusive_start_key: Option<Attributes>,
    /// The model's reads are always consistent.
    #[serde(default, rename = "ConsistentRead")]
    _consistent_read: bool,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "UpdateItem" => update(world, request(body)?),
        "DeleteItem" => delete(world, request(body)?),
        "Query" => query(world, request(body)?),
        _ => Err(CallError::Refused(unknown_operation(operation))),
    }
}

fn update(world: &mut World, asked: Write) -> CallResult<Value> {
    check_table(world, &asked.table_name)?;
    let (endpoint, key) = keys(&asked.key)?;
    let mut names = Names::new(asked.expression_attribute_names, asked.expression_attribute_values);
    let text = asked.update_expression.ok_or_else(|| refused("UpdateExpression is missing"))?;
    let update = Update::read(&text, &mut names)?;
    let condition = condition(asked.condition_expression, &mut names)?;
    names.check_all_used()?;
    world.ledger_write(Operation::UpdateItem, &endpoint, &key, text, |item| {
        let mut attributes = stored(item.as_ref(), &endpoint);
        check(condition.as_ref(), &attributes)?;
        attributes.extend(asked.key);
        update.apply(&mut attributes)?;
        *item = Some(to_item(&attributes)?);
        Ok(json!({}))
    })
}

fn delete(world: &mut World, asked: Write) -> CallResult<Value> {
    check_table(world, &asked.table_name)?;
    let (endpoint, key) = keys(&asked.key)?;
    let mut names = Names::new(asked.expression_attribute_names, asked.expression_attribute_values);
    let condition = condition(asked.condition_expression, &mut names)?;
    names.check_all_used()?;
    if asked.update_expression.is_some() {
        return Err(refused("DeleteItem has no UpdateExpression"));
    }
    world.ledger_write(Operation::DeleteItem, &endpoint, &key, key.clone(), |item| {
        check(condition.as_ref(), &stored(item.as_ref(), &endpoint))?;
        *item = None;
        Ok(json!({}))
    })
}

fn query(world: &mut World, asked: Query) -> CallResult<Value> {
    check_table(world, &asked.table_name)?;
    let mut names = Names::new(asked.expression_attribute_names, asked.expression_attribute_values);
    let condition = Condition::read(&asked.key_condition_expression, &mut names)?;
    names.check_all_used()?;
    let keys_asked = condition.equalities().ok_or_else(|| {
        refused(
            "the model reads a key condition with = and AND only, for example endpoint = :endpoint",
        )
    })?;
    let (items, next, endpoint) = match keys_asked.len() {
        1 => {
            let endpoint = text(&keys_asked, ENDPOINT)?;
            let after = asked.exclusive_start_key.as_ref().map(keys).transpose()?;
            let page =
                world.ledger_items(&endpoint, after.as_ref().map(|(_, key)| key.as_str()))?;
            (page.items, page.next, endpoint)
        }
        _ => {
            let (endpoint, key) = keys(&keys_asked)?;
            (world.ledger_item(&endpoint, &key)?.into_iter().collect(), None, endpoint)
        }
    };
    let items: Vec<_> = items.iter().map(|item| of_item(&endpoint, item)).collect();
    let mut answer = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
    if let Some(next) = next {
        answer["LastEvaluatedKey"] =
            json!({ ENDPOINT: { "S": endpoint }, LOCATION_HASH: { "S": next } });
    }
    Ok(answer)
}

/// Reads a request. A member that the model does not know is refused.
fn request<T: DeserializeOwned>(body: Value) -> CallResult<T> {
    serde_json::from_value(body)
        .map_err(|error| refused(&format!("the model cannot read this request: {error}")))
}

fn condition(text: Option<String>, names: &mut Names) -> CallResult<Option<Condition>> {
    Ok(text.map(|text| Condition::read(&text, names)).transpose()?)
}

fn check(condition: Option<&Condition>, attributes: &Attributes) -> Result<(), Refusal> {
    match condition.is_none_or(|condition| condition.is_met(attributes)) {
        true => Ok(()),
        false => {
            Err(Refusal::new("ConditionalCheckFailedException", "The conditional request failed"))
        }
    }
}

/// The attributes of a stored item. None, if there is no item.
fn stored(item: Option<&reactive_scaler::ledger::Item>, endpoint: &str) -> Attributes {
    item.map(|item| of_item(endpoint, item)).unwrap_or_default()
}

fn check_table(world: &World, name: &str) -> CallResult<()> {
    let name = name.rsplit_once(":table/").map_or(name, |(_, name)| name);
    match name == world.settings.ledger_table {
        true => Ok(()),
        false => Err(CallError::Refused(Refusal::new(
            "ResourceNotFoundException",
            "Requested resource not found",
        ))),
    }
}

/// Partition key and sort key.
fn keys(attributes: &Attributes) -> CallResult<(String, String)> {
    match attributes.len() {
        2 => Ok((text(attributes, ENDPOINT)?, text(attributes, LOCATION_HASH)?)),
        _ => Err(refused("The provided key element does not match the schema")),
    }
}

fn text(attributes: &Attributes, name: &str) -> CallResult<String> {
    let value = attributes.get(name).and_then(|value| value.as_text()).map(str::to_owned);
    value.ok_or_else(|| refused("The provided key element does not match the schema"))
}

fn refused(message: &str) -> CallError {
    CallError::Refused(Refusal::validation(message))
}
