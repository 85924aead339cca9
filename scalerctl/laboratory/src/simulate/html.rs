//! The comparison as one HTML page that loads nothing: verdict, comparison, figures, timelines, explanations, assumptions.

use maud::{Markup, PreEscaped, html};

use super::{
    assumptions,
    candidate::Candidate,
    compare::Compared,
    comparison_chart,
    conditions::Conditions,
    explanation,
    reported_delays::ReportedDelay,
    results::{Results, Times},
    run_record::RunRecord,
    scaling_causes,
    table::short,
    timeline,
    verdict::Verdict,
};
use scalerctl_console::{chart::ChartWidth, page, timeline::svg};

/// Maximum number of lines of an explanation.
const MOST_LINES: usize = 400;

/// The page.
///
/// # Errors
///
/// If a chart cannot be drawn.
pub fn page(
    conditions: &Conditions<'_>,
    verdict: &Verdict,
    compared: &[Compared],
    delays: &[ReportedDelay],
) -> Result<String, String> {
    // Ours first.
    let mut ordered: Vec<&Compared> = compared.iter().collect();
    ordered.sort_by_key(|(candidate, _, _)| !candidate.is_ours());
    let draw = |width| -> Result<Vec<String>, String> {
        ordered.iter().map(|(_, record, _)| svg(&timeline::of(record), width, None)).collect()
    };
    let (wide, narrow) = (draw(ChartWidth::Wide)?, draw(ChartWidth::Narrow)?);
    let marks: Vec<_> =
        ordered.iter().map(|(candidate, _, results)| (candidate, results)).collect();
    let title = format!("Scaling policies: {}", conditions.workload);
    let [workload, horizon] = conditions.text();
    let body = html! {
        h1 { (title) }
        @for sentence in &verdict.text { p.verdict { (sentence) } }
        p { (workload) " " (horizon) }
        h2 { "Cost and delay" }
        (comparison_chart::of(&marks, conditions.tariff))
        h2 { "Figures" }
        (figures(compared, conditions))
        h2 { "Timelines" }
        @for ((candidate, record, results), (wide, narrow)) in ordered.into_iter().zip(wide.iter().zip(&narrow)) {
            section id=(format!("policy-{}", candidate.id)) {
                h3 { (candidate.title()) }
                @if let Some(source) = candidate.source { p.note { a href=(source) { (source) } } }
                (picture(candidate, wide, "picture on-wide"))
                (picture(candidate, narrow, "picture on-narrow"))
                (explained(candidate, record, results))
            }
        }
        h2 { "What users report" }
        p { "One upload to an endpoint at zero instances, with the default delays of the model. Nothing is adjusted to these figures." }
        (reported(delays))
        h2 { "Assumptions" }
        (assumed(conditions))
    };
    Ok(page::page(&title, &body))
}

fn picture(candidate: &Candidate, svg: &str, class: &str) -> Markup {
    let label =
        format!("Backlog, alarms, lease and instances over time under policy {}", candidate.id);
    html! { div class=(class) role="img" aria-label=(label) { (PreEscaped(svg)) } }
}

fn figures(compared: &[Compared], conditions: &Conditions<'_>) -> Markup {
    let priced = conditions.tariff.price_per_hour.is_some();
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
                        th { "billed hours" } th { "idle hours" }
                        th { "API calls" }
                        @if priced { th { "price" } }
                    }
                }
                tbody {
                    @for (candidate, _, results) in compared {
                        tr {
                            th scope="row" { a href=(format!("#policy-{}", candidate.id)) { (candidate.id) } }
                            td { (requested(results)) }
                            td { @if let Some(times) = results.result { (of_times(times)) } @else { (results.never()) } }
                            td.time { (results.drained.map_or_else(|| "–".to_owned(), short)) }
                            td.number { (results.completed) " / " (results.expired) " / " (results.killed) " / " (results.unfinished) }
                            td.number { (results.most_instances) }
                            td.number { (format!("{:.2}", results.billed_hours)) }
                            td.number { (format!("{:.2}", results.idle_hours)) }
                            td.number { (results.api_calls) }
                            @if let Some(price) = results.price { td.number { (format!("{price:.2}")) } }
                        }
                    }
                }
            }
        }
        @for (candidate, _, results) in compared {
            @for finding in &results.findings {
                p { (candidate.id) ": " code { (finding.id) } ": " (finding.what) }
            }
            @for note in &results.notes {
                p { (candidate.id) ": " (note) }
            }
        }
        p.note {
            "Times are median / 95th percentile / longest. Requests for capacity are timed from arrivals at a desired capacity of 0. "
            "Billed: " (conditions.bill()) ". The winner has the lowest bill of the policies that can be deployed and serve every request."
        }
    }
}

fn requested(results: &Results) -> Markup {
    html! {
        @match (results.capacity_requested, results.never_requested) {
            (None, 0) => { "never at zero" }
            (None, never) => { (results.never()) " (" (never) " arrivals)" }
            (Some(times), never) => {
                (of_times(times))
                @if never > 0 { "; " (results.never()) " for " (never) }
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

fn explained(candidate: &Candidate, record: &RunRecord, results: &Results) -> Markup {
    let lines = explanation::lines(record);
    let more = lines.len().saturating_sub(MOST_LINES);
    let shown = lines.into_iter().take(MOST_LINES).collect::<Vec<_>>().join("\n");
    html! {
        pre.trigger { (scaling_causes::of(record, results)) }
        details {
            summary { "What happened, line by line" }
            pre { (shown) }
            @if more > 0 {
                p.note { (more) " more lines: scalerctl explain --policy " (candidate.id) }
            }
        }
    }
}

fn reported(delays: &[ReportedDelay]) -> Markup {
    html! {
        div.wide {
            table.prose #published {
                thead { tr { th { "what" } th { "users report" } th { "the model" } th { "reactive-scaler" } th { "where it is reported" } } }
                tbody {
                    @for delay in delays {
                        tr {
                            th scope="row" { (delay.what) }
                            td data-name="users report" { (delay.reported) }
                            td data-name="the model" { (delay.modelled) }
                            td data-name="reactive-scaler" { (delay.with_function) }
                            td data-name="where" { (source(delay.source)) }
                        }
                    }
                }
            }
        }
    }
}

/// A link, if the source is a URL.
fn source(text: &str) -> Markup {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    html! {
        @match host {
            Some(host) => a href=(text) { "a question on " (host) },
            None => (text),
        }
    }
}

fn assumed(conditions: &Conditions<'_>) -> Markup {
    html! {
        div.wide {
            table.prose #assumptions {
                thead { tr { th { "what" } th { "value" } th { "where it comes from" } } }
                tbody {
                    @for assumption in assumptions::of(conditions.scenario, conditions.tariff) {
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
