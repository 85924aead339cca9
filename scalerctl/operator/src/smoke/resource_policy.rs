//! Whether the function's resource policy lets a service invoke it.

use serde_json::Value;

/// Whether a statement allows `service` to invoke the function for the rule or bucket `source`.
///
/// Assumes that conditions other than `aws:SourceArn` are met, because they name the account.
pub fn admits(policy: &Value, service: &str, source: &str) -> bool {
    several(policy.get("Statement")).into_iter().any(|statement| {
        statement.get("Effect").and_then(Value::as_str) == Some("Allow")
            && invokes(statement)
            && is_for(statement, service)
            && sources(statement).is_none_or(|sources| sources.iter().any(|one| fits(one, source)))
    })
}

fn invokes(statement: &Value) -> bool {
    let actions = several(statement.get("Action"));
    actions
        .into_iter()
        .filter_map(Value::as_str)
        .any(|action| fits(action, "lambda:InvokeFunction"))
}

fn is_for(statement: &Value, service: &str) -> bool {
    let principal = statement.get("Principal");
    if principal.and_then(Value::as_str) == Some("*") {
        return true;
    }
    let services = several(principal.and_then(|principal| principal.get("Service")));
    services.into_iter().any(|one| one.as_str() == Some(service))
}

/// The values of `aws:SourceArn` in a statement. `None` if it has no such condition. Names of condition keys are
/// not case-sensitive.
fn sources(statement: &Value) -> Option<Vec<&str>> {
    let conditions = statement.get("Condition")?.as_object()?;
    let mut bound = None;
    for keys in conditions.values().filter_map(Value::as_object) {
        for (key, value) in keys {
            if key.eq_ignore_ascii_case("aws:SourceArn") {
                bound
                    .get_or_insert_with(Vec::new)
                    .extend(several(Some(value)).into_iter().filter_map(Value::as_str));
            }
        }
    }
    bound
}

/// The elements of a value. In a policy, an array of one element can be written as the element.
fn several(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

/// `*` matches any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(before) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULE: &str = "arn:aws:events:eu-west-1:123456789012:rule/uploads";

    #[test]
    fn a_statement_admits_its_own_source_and_service() {
        let of = |source: &str| {
            json!({ "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "events.amazonaws.com" },
                "Action": "lambda:InvokeFunction",
                "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:scaler",
                "Condition": { "ArnLike": { "AWS:SourceArn": source } },
            }] })
        };
        assert!(admits(&of(RULE), "events.amazonaws.com", RULE));
        assert!(admits(&of("arn:aws:events:*:123456789012:rule/*"), "events.amazonaws.com", RULE));
        assert!(!admits(&of("arn:aws:events:*:rule/other"), "events.amazonaws.com", RULE));
        assert!(!admits(&of(RULE), "s3.amazonaws.com", RULE));
        assert!(!admits(&Value::Null, "events.amazonaws.com", RULE));
    }
}
