//! Picture, alarms and decisions as one HTML page that loads nothing.

use maud::{PreEscaped, html};

use super::{course::Course, picture, text::words};
use crate::monitoring::Zone;
use scalerctl_console::{chart::ChartWidth, page};

/// Longer lists are read by nobody.
const MOST_DECISIONS: usize = 200;

/// The page.
///
/// # Errors
///
/// Where the picture cannot be drawn.
pub fn of(course: &Course, zone: &Zone) -> Result<String, String> {
    let wide = picture::svg(course, zone, ChartWidth::Wide)?;
    let narrow = picture::svg(course, zone, ChartWidth::Narrow)?;
    let span = course.span;
    let title =
        format!("{}: {} to {}", course.endpoint, zone.date(span.from), zone.date(span.until));
    let shown = course.marks.len().min(MOST_DECISIONS);
    let body = html! {
        h1 { (title) " " (zone.name(span.until)) }
        section {
            div.picture.on-wide { (PreEscaped(wide)) }
            div.picture.on-narrow { (PreEscaped(narrow)) }
        }
        p.note {
            "Instances from: " (course.instances_from) ". Decisions from: "
            (course.decisions_from) "."
            @for note in &course.notes { " " (note) "." }
        }
        h2 { "Alarms" }
        @if course.alarms.is_empty() { p { "None on this endpoint's backlog metrics." } }
        @else {
            div.wide {
                table #alarms {
                    thead { tr { th { "alarm" } th { "now" } th { "changes" } } }
                    tbody {
                        @for (index, alarm) in course.alarms.iter().enumerate() {
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
        @if course.marks.len() > shown {
            p.note { "The last " (shown) " of " (course.marks.len()) "." }
        }
        div.wide {
            table #decisions {
                thead { tr { th { "when" } th { "what" } } }
                tbody {
                    @for mark in course.marks.iter().rev().take(shown) {
                        tr { td.time { (zone.date(mark.at)) } td { (words(mark)) } }
                    }
                }
            }
        }
    };
    Ok(page::page(&title, &body))
}
