//! The picture on a terminal: curves in braille, lanes, and one axis of time under all of it.

use std::fmt::Write;

use ratatui_core::{buffer::Buffer, layout::Rect, symbols::Marker, widgets::Widget};
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};
use reactive_scaler::port::Datapoint;

use super::{
    axis,
    course::{Course, Mark, top},
    lanes::{Lane, letter},
};
use crate::monitoring::{Span, Zone};
use scalerctl_console::style::{DIM, HEADING, paint};

/// Left of every lane and curve.
const GUTTER: usize = 11;

/// Rows of a curve.
const ROWS: u16 = 6;

/// Columns that a label of the axis takes, with room around it.
const LABEL: usize = 12;

/// The maximum number of decisions that are listed.
const TOLD: usize = 10;

/// All of it, in so many columns.
pub fn of(course: &Course, zone: &Zone, width: usize) -> String {
    let mut out = String::new();
    let span = course.span;
    let bits = width.saturating_sub(GUTTER + 1).max(10);
    let lane = Lane::new(span, bits);
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{}, {} to {} {}",
        paint(HEADING, &course.endpoint),
        zone.date(span.from),
        zone.date(span.until),
        zone.name(span.until)
    );
    let each = format!("highest in {}", crate::monitoring::zone::long(course.period));
    write_curve(&mut out, course, &format!("backlog: requests, {each}"), &course.backlog, bits);
    let title = format!("backlog per instance: requests, {each}");
    write_curve(&mut out, course, &title, &course.per_instance, bits);
    out.push('\n');
    let mut write_lane = |name: &str, lane: &str| {
        let _ = writeln!(out, "{name:>GUTTER$}│{}", lane.trim_end());
    };
    write_lane("no capacity", &lane.above_zero(&course.without_capacity, course.period));
    write_lane("desired", &lane.counts(&course.desired));
    write_lane("in service", &lane.counts(&course.in_service));
    for (index, alarm) in course.alarms.iter().enumerate() {
        write_lane(&format!("alarm {}", index + 1), &lane.alarm(&course.states(alarm)));
    }
    write_lane("decisions", &lane.marks(&course.marks));
    match &course.kept_awake {
        Some(kept) => write_lane("lease", &lane.covered(kept)),
        None => write_lane("lease", "unknown"),
    }
    out.push_str(&time_axis(span, zone, lane, bits));
    write_key(&mut out, course, zone);
    out
}

fn write_curve(out: &mut String, course: &Course, title: &str, points: &[Datapoint], bits: usize) {
    let _ = writeln!(out, "\n{}", paint(DIM, title));
    if points.is_empty() {
        let _ = writeln!(out, "{:>GUTTER$}│no datapoints", "");
        return;
    }
    let x = |point: &Datapoint| {
        // The middle of its period.
        (point.at + course.period / 2).duration_since(course.span.from).as_secs_f64()
    };
    let runs: Vec<Vec<(f64, f64)>> = course
        .runs(points)
        .iter()
        .map(|run| run.iter().map(|point| (x(point), point.value)).collect())
        .collect();
    let highest = top(points);
    let label = |value: f64| {
        let told = if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") };
        format!("{told:>GUTTER$}")
    };
    let datasets = runs.iter().map(|run| {
        // One point alone makes no line.
        let kind = if run.len() == 1 { GraphType::Scatter } else { GraphType::Line };
        Dataset::default().marker(Marker::Braille).graph_type(kind).data(run)
    });
    let length = course.span.length().as_secs_f64();
    let chart = Chart::new(datasets.collect())
        .legend_position(None)
        .x_axis(Axis::default().bounds([0.0, length]))
        .y_axis(Axis::default().bounds([0.0, highest]).labels([
            label(0.0),
            label(highest / 2.0),
            label(highest),
        ]));
    let columns = u16::try_from(GUTTER + 1 + bits).unwrap_or(u16::MAX);
    let area = Rect::new(0, 0, columns, ROWS);
    let mut buffer = Buffer::empty(area);
    chart.render(area, &mut buffer);
    for row in 0..ROWS {
        let cells = (0..columns).filter_map(|column| buffer.cell((column, row)));
        let line: String = cells.map(|cell| cell.symbol()).collect();
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// A line with a mark at each round time, and the times under it.
fn time_axis(span: Span, zone: &Zone, lane: Lane, bits: usize) -> String {
    let mut line = vec!['─'; bits];
    let mut labels = String::new();
    for tick in axis::ticks(span, zone, bits / LABEL) {
        let bit = lane.bit(tick.at);
        if let Some(mark) = line.get_mut(bit) {
            *mark = '┬';
        }
        // Under its mark, and within the width.
        let width = tick.label.chars().count();
        let begin = bit.saturating_sub(width / 2).min(bits.saturating_sub(width));
        let gap = begin.saturating_sub(labels.chars().count());
        labels.extend(std::iter::repeat_n(' ', gap));
        labels.push_str(&tick.label);
    }
    let line: String = line.into_iter().collect();
    let name = zone.name(span.until);
    format!("{:>GUTTER$}└{line}\n{name:>GUTTER$} {labels}\n", "")
}

fn write_key(out: &mut String, course: &Course, zone: &Zone) {
    let _ = writeln!(
        out,
        "\nno capacity: █ work waited and no instance was there; alarms: █ ALARM, ─ OK,\n░ \
         INSUFFICIENT_DATA; decisions: W wake, S sleep, H hold, R release, e extend,\n! something \
         could not be done; lease: █ kept awake"
    );
    for (index, alarm) in course.alarms.iter().enumerate() {
        let _ = writeln!(out, "alarm {}: {}, now {}", index + 1, alarm.name, alarm.now);
    }
    let _ = writeln!(out, "instances from: {}", course.instances_from);
    let _ = writeln!(out, "decisions from: {}", course.decisions_from);
    for note in &course.notes {
        let _ = writeln!(out, "note: {note}");
    }
    let told: Vec<&Mark> = course.marks.iter().filter(|mark| letter(mark) != 'e').collect();
    if told.len() > TOLD {
        let _ = writeln!(out, "\nThe last {TOLD} of {} decisions:", told.len());
    } else if !told.is_empty() {
        out.push('\n');
    }
    for mark in told.iter().skip(told.len().saturating_sub(TOLD)) {
        let _ = writeln!(out, "{}  {}", zone.date(mark.at), words(mark));
    }
}

/// A decision in words.
pub fn words(mark: &Mark) -> String {
    let mut words = mark.action.clone();
    if let Some(reason) = &mark.reason {
        words.push_str(&format!(": {reason}"));
    }
    if let (Some(from), Some(to)) = (mark.from, mark.to) {
        words.push_str(&format!(", {from} to {to} instances"));
    }
    if mark.errors > 0 {
        words.push_str(&format!(", errors: {}", mark.errors));
    }
    words
}
