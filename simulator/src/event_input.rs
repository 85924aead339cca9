//! What a rule sends to a target: the event, a part of it, or a text with parts of it (EventBridge User Guide,
//! "Amazon EventBridge input transformation").

use serde_json::{Map, Value, json};

use crate::event_rule::{EventTarget, InputTransformer};

/// What the target of a rule receives.
pub(crate) fn input_of(target: &EventTarget, event: &Value, rule: &str) -> Value {
    if let Some(input) = &target.input {
        return json_of(input);
    }
    if let Some(path) = &target.input_path {
        return part(event, path).cloned().unwrap_or_default();
    }
    match &target.input_transformer {
        Some(transformer) => json_of(&transformer.text(event, rule)),
        None => event.clone(),
    }
}

impl InputTransformer {
    fn text(&self, event: &Value, rule: &str) -> String {
        let paths = self.input_paths_map.iter();
        let found =
            paths.filter_map(|(name, path)| Some((name.clone(), part(event, path)?.clone())));
        let mut values: Map<String, Value> = found.collect();
        let mut without_detail = event.clone();
        if let Some(members) = without_detail.as_object_mut() {
            members.remove("detail");
        }
        let name = rule.rsplit('/').next();
        for (variable, value) in [
            ("aws.events.rule-arn", json!(rule)),
            ("aws.events.rule-name", json!(name)),
            ("aws.events.event.ingestion-time", event["time"].clone()),
            ("aws.events.event", without_detail),
            ("aws.events.event.json", event.clone()),
        ] {
            values.insert(variable.to_owned(), value);
        }
        filled(&self.input_template, &values)
    }
}

/// A template with its variables replaced. In quotes, a text is inserted as it is; outside of quotes, as JSON. A
/// variable without a value is empty in quotes, and null outside of them: assumption.
fn filled(template: &str, values: &Map<String, Value>) -> String {
    let (mut text, mut rest) = (String::new(), template);
    let mut is_quoted = false;
    while let Some(sign) = rest.chars().next() {
        let name = rest.strip_prefix('<').and_then(|it| it.split_once('>'));
        let name =
            name.filter(|(name, _)| !name.contains(|it: char| it.is_whitespace() || it == '"'));
        if let Some((name, behind)) = name {
            let value = values.get(name);
            text.push_str(&match (is_quoted, value) {
                (false, value) => value.unwrap_or(&Value::Null).to_string(),
                (true, None) => String::new(),
                (true, Some(Value::String(inner))) => in_quotes(inner),
                (true, Some(value)) => in_quotes(&value.to_string()),
            });
            rest = behind;
            continue;
        }
        // An escaped sign is taken with its backslash.
        let length = match sign {
            '\\' if is_quoted => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            sign => sign.len_utf8(),
        };
        is_quoted ^= sign == '"';
        text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    text
}

/// A text as it stands between the quotes of JSON.
fn in_quotes(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// A part of an event by its path, such as `$.detail.items[0].name`.
fn part<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = path
        .strip_prefix('$')?
        .replace("['", ".")
        .replace("']", "")
        .replace('[', ".")
        .replace(']', "");
    let steps = pointer.split('.').skip(1);
    steps.into_iter().try_fold(event, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}
