//! The comparison as one HTML page that loads nothing: figures, pictures, stories, assumptions.

use maud::{Markup, PreEscaped, html};

use super::{
    assumptions,
    conditions::Conditions,
    contender::Contender,
    course::Course,
    outcome::{Outcome, Times},
    picture,
    published::Experience,
    story,
    table::short,
    trigger,
};
use scalerctl_common::page::{self, Shape};

/// Stories longer than that are cut: a page of a megabyte is read by nobody.
const LONGEST_STORY: usize = 400;

/// The page.
///
/// # Errors
///
/// Where a picture cannot be drawn.
pub fn html(
    title: &str,
    conditions: &Conditions,
    played: &[(Contender, Course, Outcome)],
    published: &[Experience],
) -> Result<String, String> {
    let draw = |shape| -> Result<Vec<String>, String> {
        played.iter().map(|(_, course, _)| picture::svg(course, shape, None)).collect()
    };
    let (wide, narrow) = (draw(Shape::Wide)?, draw(Shape::Narrow)?);
    let priced = played.iter().any(|(_, _, outcome)| outcome.price.is_some());
    let body = html! {
        h1 { (title) }
        p { (conditions.arrivals.len()) " requests, from " (conditions.from) " to " (conditions.until) " in simulated time, at most " (conditions.max) " instances, seed " (conditions.seed) "." }
        h2 { "Figures" }
        (figures(played, priced))
        h2 { "Pictures" }
        @for ((contender, course, outcome), (wide, narrow)) in played.iter().zip(wide.iter().zip(&narrow)) {
            section id=(format!("policy-{}", contender.key)) {
                h3 { (contender.key) " " (contender.name) }
                (pictured(contender, wide, "picture on-wide"))
                (pictured(contender, narrow, "picture on-narrow"))
                (told(contender, course, outcome))
            }
        }
        h2 { "What people report" }
        p { "One upload at zero, with the delays of the model as they are by default: nothing is tuned to these figures." }
        (reported(published))
        h2 { "Assumptions" }
        (rests_on(conditions))
    };
    Ok(page::page(title, &body))
}

fn pictured(contender: &Contender, svg: &str, class: &str) -> Markup {
    let label =
        format!("Backlog, alarms, lease and instances over time under policy {}", contender.key);
    html! { div class=(class) role="img" aria-label=(label) { (PreEscaped(svg)) } }
}

fn figures(played: &[(Contender, Course, Outcome)], priced: bool) -> Markup {
    html! {
        div.wide {
            table #figures {
                thead {
                    tr {
                        th { "policy" }
                        th { "capacity requested after" }
                        th { "result after" }
                        th { "all done after" }
                        th { "done / expired / killed / left" }
                        th { "most instances" }
                        th { "instance hours" } th { "idle hours" }
                        th { "API calls" }
                        @if priced { th { "price" } }
                    }
                }
                tbody {
                    @for (contender, _, outcome) in played {
                        tr {
                            th scope="row" { a href=(format!("#policy-{}", contender.key)) { (contender.key) " " (contender.name) } }
                            td { (requested(outcome)) }
                            td { @if let Some(times) = outcome.result { (of_times(times)) } @else { "never" } }
                            td.time { (outcome.drained.map_or_else(|| "–".to_owned(), short)) }
                            td.number { (outcome.completed) " / " (outcome.expired) " / " (outcome.killed) " / " (outcome.unfinished) }
                            td.number { (outcome.most_instances) }
                            td.number { (format!("{:.2}", outcome.instance_hours)) }
                            td.number { (format!("{:.2}", outcome.idle_hours)) }
                            td.number { (outcome.api_calls) }
                            @if let Some(price) = outcome.price { td.number { (format!("{price:.2}")) } }
                        }
                    }
                }
            }
        }
        p.note { "Times are median / 95th percentile / longest. Requests for capacity are counted from arrivals that found a desired capacity of 0." }
    }
}

fn requested(outcome: &Outcome) -> Markup {
    html! {
        @match (outcome.capacity_requested, outcome.never_requested) {
            (None, 0) => { "never at zero" }
            (None, never) => { "never (" (never) " arrivals)" }
            (Some(times), never) => {
                (of_times(times))
                @if never > 0 { "; never for " (never) }
            }
        }
    }
}

fn of_times(times: Times) -> Markup {
    html! {
        span.time { (short(times.p50)) " / " } span.time { (short(times.p95)) " / " }
        span.time { (short(times.max)) }
    }
}

fn told(contender: &Contender, course: &Course, outcome: &Outcome) -> Markup {
    let lines = story::lines(course);
    let more = lines.len().saturating_sub(LONGEST_STORY);
    let shown = lines.into_iter().take(LONGEST_STORY).collect::<Vec<_>>().join("\n");
    html! {
        pre.trigger { (trigger::of(course, outcome)) }
        details {
            summary { "What happened, line by line" }
            pre { (shown) }
            @if more > 0 {
                p.note { (more) " more lines: scalerctl explain --policy " (contender.key) }
            }
        }
    }
}

fn reported(published: &[Experience]) -> Markup {
    html! {
        div.wide {
            table.prose #published {
                thead { tr { th { "what" } th { "people report" } th { "the model" } th { "reactive-scaler" } th { "where it is reported" } } }
                tbody {
                    @for experience in published {
                        tr {
                            th scope="row" { (experience.what) }
                            td data-name="people report" { (experience.reported) }
                            td data-name="the model" { (experience.modelled) }
                            td data-name="reactive-scaler" { (experience.ours) }
                            td data-name="where" { (source(experience.source)) }
                        }
                    }
                }
            }
        }
    }
}

/// A place on the web is linked to, and not loaded.
fn source(text: &str) -> Markup {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    html! {
        @match host {
            Some(host) => a href=(text) { "a question on " (host) },
            None => (text),
        }
    }
}

fn rests_on(conditions: &Conditions) -> Markup {
    html! {
        div.wide {
            table.prose #assumptions {
                thead { tr { th { "what" } th { "value" } th { "where it comes from" } } }
                tbody {
                    @for assumption in assumptions::of(conditions) {
                        tr {
                            th scope="row" { (assumption.what) }
                            td data-name="value" { (assumption.value) }
                            td data-name="from" { (assumption.source) }
                        }
                    }
                }
            }
        }
    }
}
