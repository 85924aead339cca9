//! The plan as text and as JSON.

use std::fmt::Write;

use scalerctl_console::style::{DIM, HEADING, NOTE, paint};
use serde_json::{Value, json};

use super::{monthly_cost, plan::Plan};

/// The columns of a parameter.
const PARAMETER: usize = 46;

/// The plan as text.
pub fn text(plan: &Plan) -> String {
    let mut out = String::new();
    let Plan { stack, region, .. } = plan;
    let head = match plan.exists {
        true => format!("update the stack {stack} ({region})"),
        false => format!("create the stack {stack} ({region})"),
    };
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "{}\n  template {}", paint(HEADING, &head), plan.template.display());
    for parameter in &plan.parameters {
        let value = format!("{}={}", parameter.name, parameter.value);
        let _ = writeln!(out, "  {value:<PARAMETER$} {}", paint(DIM, &parameter.reason));
    }
    if plan.exists {
        let _ = writeln!(out, "  {}", paint(DIM, "the other parameters keep their values"));
    }
    out.push_str("then\n");
    for bucket in &plan.buckets {
        let _ = writeln!(
            out,
            "  turn EventBridge on for {bucket} if it is off, and keep its other notifications"
        );
    }
    if let Some(bucket) = &plan.created_bucket {
        let _ = writeln!(out, "  the stack creates {bucket}, which notifies the function");
    }
    if plan.buckets.is_empty() && plan.created_bucket.is_none() {
        let text =
            "no bucket: only the backlog alarm wakes the endpoint, minutes later (see --bucket)";
        let _ = writeln!(out, "  {}", paint(NOTE, text));
    }
    match &plan.endpoint {
        Some(endpoint) => {
            let _ = writeln!(out, "  register {endpoint}, and check the deployment");
        }
        None if plan.observes => {
            let _ = writeln!(out, "  register nothing: the function only observes");
            let _ = writeln!(out, "  check it: scalerctl smoke --endpoint NAME");
        }
        None => {
            let _ = writeln!(out, "  register each endpoint: scalerctl register NAME");
            let _ = writeln!(out, "  check each endpoint: scalerctl smoke --endpoint NAME");
        }
    }
    for warning in &plan.warnings {
        let _ = writeln!(out, "{} {}: {}", paint(NOTE, "note:"), warning.id.as_str(), warning.text);
        if let Some(advice) = &warning.problem {
            let _ = writeln!(out, "  what to do: {advice}");
        }
    }
    if !plan.costs.is_empty() {
        out.push_str("costs a month, list prices of us-east-1 (docs/cost.md)\n");
        for cost in &plan.costs {
            let _ = writeln!(out, "  {:<56} ${:>5.2}", cost.what, cost.dollars);
        }
        let total = monthly_cost::total(&plan.costs);
        let _ = writeln!(out, "  {:<56} ${total:>5.2}", "total, at most");
        let _ = writeln!(out, "  not known here: {}", monthly_cost::UNKNOWN);
    }
    out
}

/// The plan as JSON.
pub fn document(plan: &Plan) -> Value {
    let warnings = plan.warnings.iter().map(|check| {
        json!({
            "check": check.id.as_str(),
            "text": check.text,
            "what_to_do": check.problem.as_ref().map(ToString::to_string),
        })
    });
    json!({
        "stack": plan.stack,
        "exists": plan.exists,
        "region": plan.region,
        "template": plan.template,
        "parameters": plan.parameters,
        "buckets": plan.buckets,
        "created_bucket": plan.created_bucket,
        "register": plan.endpoint,
        "observes": plan.observes,
        "warnings": warnings.collect::<Vec<_>>(),
        "costs": plan.costs,
        "dollars_a_month": (!plan.costs.is_empty()).then(|| monthly_cost::total(&plan.costs)),
        "not_known": monthly_cost::UNKNOWN,
    })
}
