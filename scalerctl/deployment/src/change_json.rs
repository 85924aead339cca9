//! Changes as one JSON document.

use scalerctl_console::advice::Advice;
use serde_json::{Value, json};

use crate::{
    change::{Change, Item},
    change_report::Printed,
};

/// The complete document.
pub fn of(printed: &Printed<'_>) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "command": printed.command,
        "region": printed.region,
        "dry_run": printed.dry_run,
        "ok": printed.changes.iter().all(Change::is_done),
        "changes": printed.changes.iter().map(change).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn change(change: &Change) -> Value {
    json!({
        "name": change.subject,
        "variant": change.variant.as_ref().map(|id| &id.variant),
        "failure": change.failure,
        "items": change.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(item: &Item) -> Value {
    let mut shown = json!({
        "part": item.part.as_str(),
        "state": item.state.as_str(),
        "text": item.text,
    });
    if let Some(Advice { what_to_do, command }) = &item.advice {
        shown["what_to_do"] = json!(what_to_do);
        if let Some(command) = command {
            shown["command"] = json!(command);
        }
    }
    shown
}
