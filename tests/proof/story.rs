//! A world told in lines: what happened, what the function was asked, what it called, what it said.

use std::fmt::Write;

use jiff::Timestamp;
use simulator::Event;

use crate::{
    call::Shown,
    history::{End, History},
    plan::Plan,
};

/// The whole story, in the order of time.
pub fn tell(plan: &Plan, history: &History) -> String {
    let mut lines: Vec<(Timestamp, u64, String)> = Vec::new();
    for happening in &plan.happenings {
        let at = history.start + std::time::Duration::from_millis(happening.at);
        lines.push((at, 0, format!("#{} {:?}", happening.number, happening.what)));
    }
    for (at, event) in &history.events {
        let text = match event {
            Event::Queued(_) | Event::Picked(_) | Event::Uploaded(_) => continue,
            event => format!("    aws: {event:?}"),
        };
        lines.push((*at, 1, text));
    }
    for (number, made) in history.invocations.iter().enumerate() {
        let dull = matches!(&made.end, End::Answered(answer)
            if made.calls.iter().all(|call| !call.ask.operation().is_write())
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
            let mut text = format!("  {who}   {:?}", call.ask);
            match &effect.shown {
                Shown::Failed(failure) => write!(text, " -> {:?}", failure.kind).unwrap(),
                Shown::Done => write!(text, " -> done").unwrap(),
                Shown::Endpoint(Some(shown)) => {
                    let variant = &shown.variants[0];
                    write!(text, " -> {:?} {:?}", shown.status, (variant.current, variant.desired))
                        .unwrap();
                }
                Shown::Backlog(points) => {
                    let mut points = points.clone();
                    points.sort_by_key(|point| point.at);
                    let last = points.iter().rev().take(8).rev();
                    let values: Vec<String> =
                        last.map(|p| format!("{}={}", p.at.strftime("%H:%M"), p.value)).collect();
                    write!(text, " -> {}", values.join(" ")).unwrap();
                }
                Shown::Target(Some(target)) => {
                    write!(
                        text,
                        " -> min {} max {} {:?}",
                        target.min, target.max, target.suspended
                    )
                    .unwrap();
                }
                Shown::Targets(targets) => {
                    for target in targets {
                        write!(text, " -> min {} max {}", target.min, target.max).unwrap();
                    }
                }
                Shown::Actions(actions) => {
                    for action in actions {
                        write!(text, " -> {} {}", action.name, action.schedule).unwrap();
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
                End::Answered(answer) => answer["decisions"].to_string(),
                other => format!("{other:?}"),
            };
            lines.push((ended.at, ended.order, format!("  {who} ends: {end}")));
        }
    }
    lines.sort_by_key(|line| (line.0, line.1));
    let mut story = String::new();
    for (at, _, line) in lines {
        writeln!(story, "{} {line}", at.strftime("%H:%M:%S%.3f")).unwrap();
    }
    story
}
