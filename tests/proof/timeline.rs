//! The timeline of a world: events, invocations, calls and answers.

use std::fmt::Write;

use jiff::Timestamp;
use simulator::Event;

use crate::{
    call::Response,
    event_log::{EventLog, InvocationEnd},
    plan::Plan,
};

/// The timeline, ordered by time.
pub fn timeline(plan: &Plan, log: &EventLog) -> String {
    let mut lines: Vec<(Timestamp, u64, String)> = Vec::new();
    for event in &plan.events {
        let at = log.start + std::time::Duration::from_millis(event.at);
        lines.push((at, 0, format!("#{} {:?}", event.number, event.kind)));
    }
    for (at, event) in &log.events {
        let text = match event {
            Event::Queued(_) | Event::Picked(_) | Event::Uploaded(_) => continue,
            event => format!("    aws: {event:?}"),
        };
        lines.push((*at, 1, text));
    }
    for (number, made) in log.invocations.iter().enumerate() {
        let dull = matches!(&made.end, InvocationEnd::Answered(answer)
            if made.calls.iter().all(|call| !call.request.operation().is_write())
                && !made.troubled
                && !answer.to_string().contains(r#""action":"wake""#));
        if dull && !made.signal.is_wake() {
            continue;
        }
        let who = format!("[{number}]");
        let text = format!(
            "  {who} {:?} because of {}, container {}.{} (clock {:+} s), attempt {}",
            made.signal, made.cause, made.container, made.generation, made.ahead, made.attempt
        );
        lines.push((made.began.at, made.began.order, text));
        for call in &made.calls {
            let Some(effect) = &call.effect else { continue };
            let mut text = format!("  {who}   {:?}", call.request);
            match &effect.response {
                Response::Failed(failure) => write!(text, " -> {:?}", failure.kind).unwrap(),
                Response::Done => write!(text, " -> done").unwrap(),
                Response::Endpoint(Some(shown)) => {
                    let variant = &shown.variants[0];
                    write!(text, " -> {:?} {:?}", shown.status, (variant.current, variant.desired))
                        .unwrap();
                }
                Response::Backlog(points) => {
                    let mut points = points.clone();
                    points.sort_by_key(|point| point.at);
                    let last = points.iter().rev().take(8).rev();
                    let values: Vec<String> =
                        last.map(|p| format!("{}={}", p.at.strftime("%H:%M"), p.value)).collect();
                    write!(text, " -> {}", values.join(" ")).unwrap();
                }
                Response::Target(Some(target)) => {
                    write!(
                        text,
                        " -> min {} max {} {:?}",
                        target.min, target.max, target.suspended
                    )
                    .unwrap();
                }
                Response::Targets(targets) => {
                    for target in targets {
                        write!(text, " -> min {} max {}", target.min, target.max).unwrap();
                    }
                }
                Response::Actions(actions) => {
                    for action in actions {
                        write!(text, " -> {} {}", action.name, action.schedule).unwrap();
                    }
                }
                Response::Items(page) => {
                    for item in &page.items {
                        write!(text, " -> {}: {:?}", item.location.key(), item.standing()).unwrap();
                    }
                }
                other => write!(text, " -> {other:?}").unwrap(),
            }
            if effect.stale {
                text.push_str(" (stale)");
            }
            if let Some(injected) = effect.injected {
                write!(text, " ({injected})").unwrap();
            }
            lines.push((effect.when.at, effect.when.order, text));
        }
        if let Some(ended) = made.ended {
            let end = match &made.end {
                InvocationEnd::Answered(answer) => answer["decisions"].to_string(),
                other => format!("{other:?}"),
            };
            lines.push((ended.at, ended.order, format!("  {who} ends: {end}")));
        }
    }
    lines.sort_by_key(|line| (line.0, line.1));
    let mut timeline = String::new();
    for (at, _, line) in lines {
        writeln!(timeline, "{} {line}", at.strftime("%H:%M:%S%.3f")).unwrap();
    }
    timeline
}
