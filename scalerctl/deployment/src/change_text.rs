//! Changes as text.

use std::fmt::Write;

use anstyle::Style;
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, NOTE, paint};

use crate::{
    change::{Change, Item, State},
    change_report::Printed,
};

/// The columns of the state and of the part.
const STATE: usize = 13;
const PART: usize = 10;

/// The complete text.
pub fn of(printed: &Printed<'_>) -> String {
    let mut out = String::new();
    for change in printed.changes {
        let variant = change.variant.as_ref().map(|id| format!("variant {}, ", id.variant));
        let variant = variant.unwrap_or_default();
        let head = format!("{} {} ({variant}{})", printed.command, change.subject, printed.region);
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "{}", paint(HEADING, &head));
        change.items.iter().for_each(|item| write_item(&mut out, item));
    }
    let count = |state| printed.changes.iter().map(|it| it.count(state)).sum::<usize>();
    let verdict = match (count(State::Changed), printed.dry_run) {
        (_, true) => match count(State::Planned) {
            0 => "dry run: nothing to change".to_owned(),
            _ => "dry run: nothing was written".to_owned(),
        },
        (0, false) if printed.changes.iter().all(Change::is_done) => "nothing to change".to_owned(),
        (1, false) => "1 change".to_owned(),
        (count, false) => format!("{count} changes"),
    };
    let _ = writeln!(out, "{}", paint(DIM, &verdict));
    out
}

fn write_item(out: &mut String, item: &Item) {
    let state = format!("{:<STATE$}", item.state.as_str());
    let part = format!("{:<PART$}", item.part.as_str());
    let _ = writeln!(out, "  {}{part}{}", paint(style_of(item.state), &state), item.text);
    if let Some(advice) = &item.advice {
        let indent = " ".repeat(2 + STATE + PART);
        let _ = writeln!(out, "{indent}what to do: {}", advice.what_to_do);
        if let Some(command) = &advice.command {
            let _ = writeln!(out, "{indent}{command}");
        }
    }
}

fn style_of(state: State) -> Style {
    match state {
        State::Changed => GOOD,
        State::Planned | State::Noted | State::NotReached => NOTE,
        State::Kept => DIM,
        State::Refused | State::Failed => BAD,
    }
}
