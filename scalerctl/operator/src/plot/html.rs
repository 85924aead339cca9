//! Chart, alarms and decisions as one HTML page without external resources.

use maud::{Markup, PreEscaped, html};

use super::{
    picture,
    summary::{description, paid_idle, range_text, when},
    timeline::{Timeline, grouped, short_name},
};
use crate::monitoring::{TimeZone, instance_time::InstanceTime};
use scalerctl_console::{chart::ChartWidth, page};

/// Maximum number of decisions on the page.
const MOST_DECISIONS: usize = 200;

/// The page.
pub fn of(timeline: &Timeline, zone: &TimeZone) -> String {
    let wide = picture::svg_part(timeline, zone, ChartWidth::Wide);
    let narrow = picture::svg_part(timeline, zone, ChartWidth::Narrow);
    let title = format!("{}: {}", timeline.endpoint, range_text(timeline.range, zone));
    let marks = grouped(&timeline.marks, timeline.range.length());
    let shown = marks.len().min(MOST_DECISIONS);
    let body = html! {
        h1 { (title) }
        p #summary { @for line in paid_idle(timeline) { (line) ". " } }
        section {
            div.picture.on-wide { (PreEscaped(wide)) }
            div.picture.on-narrow { (PreEscaped(narrow)) }
        }
        p.note {
            "Instances from: " (timeline.instances_from) ". Decisions from: "
            (timeline.decisions_from) "."
            @for note in &timeline.notes { " " (note) "." }
        }
        (idle_table(timeline, zone))
        h2 { "Alarms" }
        @if timeline.alarms.is_empty() { p { "None on this endpoint's backlog metrics." } }
        @else {
            div.wide {
                table #alarms {
                    thead { tr { th { "alarm" } th { "now" } th { "changes" } th { "full name" } } }
                    tbody {
                        @for alarm in &timeline.alarms {
                            tr {
                                th scope="row" { (short_name(&alarm.name)) }
                                td { (alarm.now) }
                                td.number { (alarm.states.len().saturating_sub(1)) }
                                td { (alarm.name) }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Decisions" }
        @if marks.len() > shown {
            p.note { "The last " (shown) " of " (marks.len()) "." }
        }
        div.wide {
            table #decisions {
                thead { tr { th { "when" } th { "what" } } }
                tbody {
                    @for mark in marks.iter().rev().take(shown) {
                        tr { td.time { (when(mark, zone)) } td { (description(mark)) } }
                    }
                }
            }
        }
    };
    page::page(&title, &body)
}

/// Each time without work, with its minutes, and their sum.
fn idle_table(timeline: &Timeline, zone: &TimeZone) -> Markup {
    let Some(found) = timeline.paid_idle.as_ref().filter(|it| !it.idle_intervals.is_empty()) else {
        return html! {};
    };
    let cost = |time: InstanceTime| timeline.price_per_hour.map(|price| time.price(price));
    let rows: Vec<_> = found
        .idle_intervals
        .iter()
        .map(|it| (it, InstanceTime::between(std::slice::from_ref(it), it.from, it.until)))
        .collect();
    let numbers = |time: InstanceTime| {
        html! {
            td.number { (format!("{:.1}", time.minutes)) }
            @if let Some(cost) = cost(time) { td.number { (format!("{cost:.2}")) } }
        }
    };
    html! {
        h2 { "Paid idle" }
        div.wide {
            table #idle {
                thead {
                    tr {
                        th { "from" } th { "until" } th { "instances" } th { "minutes" }
                        @if timeline.price_per_hour.is_some() { th { "cost" } }
                    }
                }
                tbody {
                    @for (it, time) in rows {
                        tr {
                            td.time { (zone.date(it.from)) } td.time { (zone.until(it.from, it.until)) }
                            td.number { (it.value) } (numbers(time))
                        }
                    }
                }
                tfoot { tr { th scope="row" colspan="3" { "all" } (numbers(found.idle)) } }
            }
        }
    }
}
