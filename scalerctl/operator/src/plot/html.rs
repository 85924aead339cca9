//! Chart, alarms and decisions as one HTML page without external resources.

use maud::{PreEscaped, html};

use super::{chart, text::description, timeline::Timeline};
use crate::monitoring::TimeZone;
use scalerctl_console::{chart::ChartWidth, page};

/// Maximum number of decisions on the page.
const MOST_DECISIONS: usize = 200;

/// The page.
///
/// # Errors
///
/// If the chart cannot be drawn.
pub fn of(timeline: &Timeline, zone: &TimeZone) -> Result<String, String> {
    let wide = chart::svg(timeline, zone, ChartWidth::Wide)?;
    let narrow = chart::svg(timeline, zone, ChartWidth::Narrow)?;
    let range = timeline.range;
    let title =
        format!("{}: {} to {}", timeline.endpoint, zone.date(range.from), zone.date(range.until));
    let shown = timeline.marks.len().min(MOST_DECISIONS);
    let body = html! {
        h1 { (title) " " (zone.name(range.until)) }
        section {
            div.picture.on-wide { (PreEscaped(wide)) }
            div.picture.on-narrow { (PreEscaped(narrow)) }
        }
        p.note {
            "Instances from: " (timeline.instances_from) ". Decisions from: "
            (timeline.decisions_from) "."
            @for note in &timeline.notes { " " (note) "." }
        }
        h2 { "Alarms" }
        @if timeline.alarms.is_empty() { p { "None on this endpoint's backlog metrics." } }
        @else {
            div.wide {
                table #alarms {
                    thead { tr { th { "alarm" } th { "now" } th { "changes" } } }
                    tbody {
                        @for (index, alarm) in timeline.alarms.iter().enumerate() {
                            tr {
                                th scope="row" { (index + 1) " " (alarm.name) }
                                td { (alarm.now) }
                                td.number { (alarm.states.len().saturating_sub(1)) }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Decisions" }
        @if timeline.marks.len() > shown {
            p.note { "The last " (shown) " of " (timeline.marks.len()) "." }
        }
        div.wide {
            table #decisions {
                thead { tr { th { "when" } th { "what" } } }
                tbody {
                    @for mark in timeline.marks.iter().rev().take(shown) {
                        tr { td.time { (zone.date(mark.at)) } td { (description(mark)) } }
                    }
                }
            }
        }
    };
    Ok(page::page(&title, &body))
}
