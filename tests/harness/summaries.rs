//! Short forms of decisions and calls for tables in tests.

use serde_json::Value;
use simulator::{Call, Simulator};

/// Each decision as `signal action reason from->to`, for example `input wake work_arrived 0->1`. A
/// decision for an endpoint other than the default one starts with its name. `?` is an unknown
/// value.
pub fn summaries(decisions: &Value) -> Vec<String> {
    decisions.as_array().expect("a list of decisions").iter().map(summary).collect()
}

fn summary(decision: &Value) -> String {
    let text = |field: &str| decision[field].as_str().expect(field).to_owned();
    let count = |field: &str| match &decision[field] {
        Value::Null => "?".to_owned(),
        number => number.to_string(),
    };
    let endpoint = match text("endpoint").as_str() {
        super::names::ENDPOINT => String::new(),
        other => format!("{other}: "),
    };
    let (signal, action, reason) = (text("signal"), text("action"), text("reason"));
    format!("{endpoint}{signal} {action} {reason} {}->{}", count("from"), count("to"))
}

/// The calls that write, in order. Each has its operation and its first argument, for example
/// `PutScheduledAction reactive-scaler-lease`.
pub fn writes(sim: &Simulator) -> Vec<String> {
    sim.with(|world| world.writes().into_iter().map(call).collect())
}

/// All calls, in order, in the same form as [`writes`].
pub fn calls(sim: &Simulator) -> Vec<String> {
    sim.with(|world| world.journal.calls().map(call).collect())
}

fn call(call: &Call) -> String {
    let first = call.arguments.split(' ').next().unwrap_or_default();
    let arguments = if call.operation.is_write() { first } else { "" };
    format!("{} {arguments}", call.operation.as_str()).trim_end().to_owned()
}
