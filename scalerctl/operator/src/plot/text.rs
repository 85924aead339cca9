//! The chart on a terminal: curves in braille, lanes, and one time axis below them.

use std::fmt::Write;

use ratatui_core::{buffer::Buffer, layout::Rect, symbols::Marker, widgets::Widget};
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};
use reactive_scaler::port::Datapoint;

use super::{
    axis,
    lanes::{Lane, letter},
    summary::{description, paid_idle, range_text, when},
    timeline::{Timeline, grouped, short_name, top},
};
use crate::{
    account::alarm_history::AlarmHistory,
    monitoring::{TimeRange, TimeZone, duration_text::duration_text, shortened::shortened},
};
use scalerctl_console::style::{DIM, HEADING, paint};

/// Width of the names to the left of lanes and curves.
const GUTTER: usize = 11;

/// Height of a curve in rows.
const ROWS: u16 = 6;

/// Columns for a label of the axis, with space around it.
const LABEL: usize = 12;

/// The maximum number of decisions that are listed.
const LISTED: usize = 10;

/// The complete text, in this many columns.
pub fn of(timeline: &Timeline, zone: &TimeZone, width: usize) -> String {
    let mut out = String::new();
    let range = timeline.range;
    let columns = width.saturating_sub(GUTTER + 1).max(10);
    let lane = Lane::new(range, columns);
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "{}, {}", paint(HEADING, &timeline.endpoint), range_text(range, zone));
    for line in paid_idle(timeline) {
        let _ = writeln!(out, "{line}");
    }
    let each = format!("highest in {}", duration_text(timeline.period));
    write_curve(
        &mut out,
        timeline,
        &format!("backlog: requests, {each}"),
        &timeline.backlog,
        columns,
    );
    let title = format!("backlog per instance: requests, {each}");
    write_curve(&mut out, timeline, &title, &timeline.per_instance, columns);
    out.push('\n');
    let mut write_lane = |name: &str, lane: &str| {
        let _ = writeln!(out, "{name:>GUTTER$}│{}", lane.trim_end());
    };
    write_lane("no capacity", &lane.above_zero(&timeline.without_capacity, timeline.period));
    write_lane("desired", &lane.counts(&timeline.desired));
    write_lane("in service", &lane.counts(&timeline.in_service));
    match &timeline.paid_idle {
        Some(found) => {
            write_lane("paid idle", &lane.idle(found, &timeline.in_service));
        }
        None => write_lane("paid idle", "unknown"),
    }
    write_lane("decisions", &lane.marks(&timeline.marks));
    match &timeline.kept_awake {
        Some(kept) => write_lane("lease", &lane.covered(kept)),
        None => write_lane("lease", "unknown"),
    }
    for (index, alarm) in timeline.alarms.iter().enumerate() {
        let states = lane.alarm(&timeline.states(alarm), alarm.is_below);
        write_lane(&lane_name(index, alarm), &states);
    }
    out.push_str(&time_axis(range, zone, lane, columns));
    write_key(&mut out, timeline, zone, width);
    out
}

/// The short name of an alarm, or its number if even that is too long.
fn lane_name(index: usize, alarm: &AlarmHistory) -> String {
    let name = short_name(&alarm.name);
    match name.chars().count() > GUTTER {
        true => format!("alarm {}", index + 1),
        false => name.to_owned(),
    }
}

fn write_curve(
    out: &mut String,
    timeline: &Timeline,
    title: &str,
    points: &[Datapoint],
    columns: usize,
) {
    let _ = writeln!(out, "\n{}", paint(DIM, title));
    if points.is_empty() {
        let _ = writeln!(out, "{:>GUTTER$}│no datapoints", "");
        return;
    }
    let x = |point: &Datapoint| {
        // A datapoint is drawn in the middle of its period.
        (point.at + timeline.period / 2).duration_since(timeline.range.from).as_secs_f64()
    };
    let runs: Vec<Vec<(f64, f64)>> = timeline
        .runs(points)
        .iter()
        .map(|run| run.iter().map(|point| (x(point), point.value)).collect())
        .collect();
    let highest = top(points);
    let label = |value: f64| {
        let number = if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") };
        format!("{number:>GUTTER$}")
    };
    let datasets = runs.iter().map(|run| {
        // A single point is not visible as a line.
        let kind = if run.len() == 1 { GraphType::Scatter } else { GraphType::Line };
        Dataset::default().marker(Marker::Braille).graph_type(kind).data(run)
    });
    let length = timeline.range.length().as_secs_f64();
    let chart = Chart::new(datasets.collect())
        .legend_position(None)
        .x_axis(Axis::default().bounds([0.0, length]))
        .y_axis(Axis::default().bounds([0.0, highest]).labels([
            label(0.0),
            label(highest / 2.0),
            label(highest),
        ]));
    let whole_width = u16::try_from(GUTTER + 1 + columns).unwrap_or(u16::MAX);
    let area = Rect::new(0, 0, whole_width, ROWS);
    let mut buffer = Buffer::empty(area);
    chart.render(area, &mut buffer);
    for row in 0..ROWS {
        let cells = (0..whole_width).filter_map(|column| buffer.cell((column, row)));
        let line: String = cells.map(|cell| cell.symbol()).collect();
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// A line with a mark at each round time, and the times below it: in the reader's zone and in UTC.
fn time_axis(range: TimeRange, zone: &TimeZone, lane: Lane, columns: usize) -> String {
    let ticks = axis::ticks(range, zone, columns / LABEL);
    let mut line = vec!['─'; columns];
    for tick in &ticks {
        if let Some(mark) = line.get_mut(lane.column(tick.at)) {
            *mark = '┬';
        }
    }
    let line: String = line.into_iter().collect();
    let mut out = format!("{:>GUTTER$}└{line}\n", "");
    let mut write_labels = |name: &str, labels: &[String]| {
        let mut written = String::new();
        for (tick, label) in ticks.iter().zip(labels) {
            // Centered below its mark, within the width.
            let width = label.chars().count();
            let column = lane.column(tick.at);
            let begin = column.saturating_sub(width / 2).min(columns.saturating_sub(width));
            let gap = begin.saturating_sub(written.chars().count());
            written.extend(std::iter::repeat_n(' ', gap));
            written.push_str(label);
        }
        let _ = writeln!(out, "{name:>GUTTER$} {written}");
    };
    let labels: Vec<String> = ticks.iter().map(|tick| tick.label.clone()).collect();
    write_labels(&zone.name(range.until), &labels);
    if let Some(utc) = axis::utc_labels(&ticks, zone) {
        write_labels("UTC", &utc);
    }
    out
}

fn write_key(out: &mut String, timeline: &Timeline, zone: &TimeZone, width: usize) {
    let _ = writeln!(
        out,
        "\nno capacity: █ work waited and no instance was there; paid idle: █ in service,\nno work \
         known; decisions: W wake, S sleep, H hold, R release, e extend,\n! something could not be \
         done; lease: █ kept awake; alarms: █ ALARM, ▄ ALARM for\nlow values (scales in), ─ OK, ░ \
         INSUFFICIENT_DATA"
    );
    if timeline.marks.iter().any(|mark| letter(mark) == 'o') {
        let _ = writeln!(out, "o: a decision that was not carried out (observe mode)");
    }
    for (index, alarm) in timeline.alarms.iter().enumerate() {
        let name = lane_name(index, alarm);
        let rest = format!(", now {}", alarm.now);
        let room = width.saturating_sub(name.chars().count() + 2 + rest.chars().count()).max(20);
        let _ = writeln!(out, "{name}: {}{rest}", shortened(&alarm.name, room));
    }
    let _ = writeln!(out, "instances from: {}", timeline.instances_from);
    let _ = writeln!(out, "decisions from: {}", timeline.decisions_from);
    for note in &timeline.notes {
        let _ = writeln!(out, "note: {note}");
    }
    // Equal decisions in a row are one line, however far apart they are.
    let listed = grouped(&timeline.marks, timeline.range.length());
    if listed.len() > LISTED {
        let _ = writeln!(out, "\nThe last {LISTED} of {} decisions:", listed.len());
    } else if !listed.is_empty() {
        out.push('\n');
    }
    for mark in listed.iter().skip(listed.len().saturating_sub(LISTED)) {
        let _ = writeln!(out, "{}  {}", when(mark, zone), description(mark));
    }
}
