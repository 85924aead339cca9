//! The chart as SVG and PNG: panels and bands with one time axis.

use plotters::{
    backend::{BitMapBackend, DrawingBackend},
    chart::{ChartBuilder, SeriesLabelPosition},
    coord::Shift,
    drawing::{DrawingArea, IntoDrawingArea},
    element::{PathElement, Rectangle},
    series::LineSeries,
    style::{BLACK, Color, RGBColor, WHITE},
};
use reactive_scaler::port::Datapoint;

use super::{
    axis::{self, Tick},
    lanes::letter,
    timeline::{Timeline, top},
};
use crate::monitoring::{TimeZone, interval::Interval};
use scalerctl_console::chart::{
    ALARM, BACKLOG, ChartWidth, DESIRED, Drawn, IN_SERVICE, LEASE, MARK, OF_BACKLOG, TEXT, TITLE,
    draw_text, not_drawn, register_sans_serif, svg_document, whole_number,
};

const CURVES: u32 = 170;
const INSTANCES: u32 = 120;
/// Height of a line below the chart: times, key, name of the axis.
const LINE: u32 = 18;
const BAND: i32 = 20;
/// The margins to the left and right of the panels.
const LEFT: i32 = 60;
const RIGHT: i32 = 14;
/// The part of the left margin that is free next to the name of the axis.
const EDGE: i32 = 10;
const OK: RGBColor = RGBColor(150, 180, 150);
const INSUFFICIENT: RGBColor = RGBColor(170, 170, 170);

/// Number of time labels that fit on the axis, and the heights of the title and of the lines below the chart.
fn layout(width: ChartWidth) -> (usize, u32, u32) {
    match width {
        ChartWidth::Wide => (9, 28, 2 * LINE + 4),
        ChartWidth::Narrow => (4, 0, 4 * LINE + 4),
    }
}

/// The chart as SVG, with a transparent background.
///
/// # Errors
///
/// The message of the plotting library.
pub fn svg(timeline: &Timeline, zone: &TimeZone, width: ChartWidth) -> Result<String, String> {
    svg_document(size(timeline, width), |root| draw(root, timeline, zone, width))
}

/// The chart as PNG, with a white background.
///
/// # Errors
///
/// The message of the plotting library or the encoder.
pub fn png(timeline: &Timeline, zone: &TimeZone) -> Result<Vec<u8>, String> {
    register_sans_serif()?;
    let (width, height) = size(timeline, ChartWidth::Wide);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let root = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        root.fill(&WHITE).map_err(not_drawn)?;
        draw(&root, timeline, zone, ChartWidth::Wide)?;
        root.present().map_err(not_drawn)?;
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(not_drawn)?;
    writer.write_image_data(&pixels).map_err(not_drawn)?;
    writer.finish().map_err(not_drawn)?;
    Ok(bytes)
}

fn bands(timeline: &Timeline) -> u32 {
    // One band for each alarm, and one each for missing capacity, decisions and the lease.
    u32::try_from(timeline.alarms.len()).unwrap_or(0) + 3
}

fn size(timeline: &Timeline, width: ChartWidth) -> (u32, u32) {
    let bands = bands(timeline) * BAND.unsigned_abs();
    let (_, head, foot) = layout(width);
    (width.pixels(), head + CURVES + bands + INSTANCES + foot)
}

fn draw<DB: DrawingBackend<ErrorType: 'static>>(
    root: &DrawingArea<DB, Shift>,
    timeline: &Timeline,
    zone: &TimeZone,
    width: ChartWidth,
) -> Drawn {
    let (times, head, _) = layout(width);
    let ticks = axis::ticks(timeline.range, zone, times);
    let (head, body) = root.split_vertically(head);
    let title = format!(
        "{}, {} to {}",
        timeline.endpoint,
        zone.date(timeline.range.from),
        zone.date(timeline.range.until)
    );
    if width == ChartWidth::Wide {
        draw_text(&head, &title, (8, 7), TITLE)?;
    }
    let (curves, rest) = body.split_vertically(CURVES);
    let (states, rest) = rest.split_vertically(bands(timeline) * BAND.unsigned_abs());
    let (instances, foot) = rest.split_vertically(INSTANCES);
    let backlog = (&timeline.backlog, "backlog", BACKLOG);
    let per_instance = (&timeline.per_instance, "backlog per instance", OF_BACKLOG);
    let middle = |point: &Datapoint| (x(timeline, point.at + timeline.period / 2), point.value);
    let lines = [backlog, per_instance].map(|(points, name, colour)| {
        let runs = timeline.runs(points);
        (runs.iter().map(|run| run.iter().map(middle).collect()).collect(), name, colour)
    });
    let highest = top(timeline.backlog.iter().chain(&timeline.per_instance));
    draw_panel(&curves, timeline, &ticks, "requests", highest, &lines)?;
    draw_bands(&states, timeline, width)?;
    let levels =
        [(&timeline.desired, "desired", DESIRED), (&timeline.in_service, "in service", IN_SERVICE)];
    let highest = levels.iter().flat_map(|(all, ..)| all.iter()).map(|it| it.value);
    let highest = highest.fold(1.0, f64::max);
    let lines = levels.map(|(all, name, colour)| (steps(timeline, all), name, colour));
    draw_panel(&instances, timeline, &ticks, "instances", highest, &lines)?;
    draw_foot(&foot, timeline, zone, &ticks, width)
}

/// Seconds since the start of the range.
fn x(timeline: &Timeline, at: jiff::Timestamp) -> f64 {
    at.duration_since(timeline.range.from).as_secs_f64()
}

/// Step lines of a value: one line for each range in which it is known without a gap.
fn steps(timeline: &Timeline, intervals: &[Interval]) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut known_until = None;
    for interval in intervals {
        let ends = [interval.from, interval.until].map(|at| (x(timeline, at), interval.value));
        match lines.last_mut().filter(|_| known_until == Some(interval.from)) {
            Some(line) => line.extend(ends),
            None => lines.push(ends.to_vec()),
        }
        known_until = Some(interval.until);
    }
    lines
}

type Line<'a> = (Vec<Vec<(f64, f64)>>, &'a str, RGBColor);

fn draw_panel<DB: DrawingBackend<ErrorType: 'static>>(
    panel: &DrawingArea<DB, Shift>,
    timeline: &Timeline,
    ticks: &[Tick],
    unit: &str,
    highest: f64,
    lines: &[Line<'_>],
) -> Drawn {
    let length = timeline.range.length().as_secs_f64();
    let top = highest * 1.2;
    let mut chart = ChartBuilder::on(panel)
        .margin_left(EDGE)
        .margin_right(RIGHT)
        .margin_top(6)
        .margin_bottom(6)
        .y_label_area_size(LEFT - EDGE)
        .build_cartesian_2d(0.0..length, 0.0..top)
        .map_err(not_drawn)?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh().x_labels(0).y_labels(4).y_desc(unit).y_label_formatter(&whole_number);
    mesh.label_style(TEXT).axis_desc_style(TEXT);
    mesh.max_light_lines(1).light_line_style(BLACK.mix(0.06)).draw().map_err(not_drawn)?;
    let grid = ticks.iter().map(|tick| {
        let x = x(timeline, tick.at);
        PathElement::new(vec![(x, 0.0), (x, top)], BLACK.mix(0.12))
    });
    chart.draw_series(grid).map_err(not_drawn)?;
    for (runs, name, colour) in lines {
        let colour = *colour;
        for (index, run) in runs.iter().enumerate() {
            let series = LineSeries::new(run.iter().copied(), colour.stroke_width(2));
            let drawn = chart.draw_series(series).map_err(not_drawn)?;
            if index == 0 {
                drawn.label(*name).legend(move |at| key(at, colour));
            }
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .label_font(TEXT)
        .draw()
        .map_err(not_drawn)
}

/// Draws the bands and the marks of decisions.
fn draw_bands<DB: DrawingBackend<ErrorType: 'static>>(
    panel: &DrawingArea<DB, Shift>,
    timeline: &Timeline,
    width: ChartWidth,
) -> Drawn {
    let (pixels, _) = panel.dim_in_pixel();
    let available = f64::from(i32::try_from(pixels).unwrap_or(0) - LEFT - RIGHT);
    let pixel = |at: jiff::Timestamp| {
        let share = x(timeline, at) / timeline.range.length().as_secs_f64();
        LEFT + (share.clamp(0.0, 1.0) * available) as i32
    };
    let mut row = 0;
    let band = |row: i32, from, until, colour: RGBColor| {
        let corners = [(pixel(from), row * BAND + 3), (pixel(until), (row + 1) * BAND - 3)];
        panel.draw(&Rectangle::new(corners, colour.mix(0.45).filled())).map_err(not_drawn)
    };
    let name = |row: i32, text: &str| draw_text(panel, text, (LEFT + 6, row * BAND + 4), TEXT);
    for point in timeline.without_capacity.iter().filter(|point| point.value > 0.0) {
        band(row, point.at, point.at + timeline.period, ALARM)?;
    }
    name(row, "work waits, no instance")?;
    for (index, alarm) in timeline.alarms.iter().enumerate() {
        row += 1;
        for (from, until, state) in timeline.states(alarm) {
            let colour = match state {
                "ALARM" => ALARM,
                "OK" => OK,
                _ => INSUFFICIENT,
            };
            band(row, from, until, colour)?;
        }
        let shown = match width {
            ChartWidth::Wide => format!("alarm {}", alarm.name),
            ChartWidth::Narrow => format!("alarm {}", index + 1),
        };
        name(row, &shown)?;
    }
    row += 1;
    let mut free_from = i32::MIN;
    for mark in timeline.marks.iter().filter(|mark| letter(mark) != 'e') {
        let at = pixel(mark.at);
        let line = vec![(at, row * BAND + 2), (at, (row + 1) * BAND - 2)];
        panel.draw(&PathElement::new(line, MARK.stroke_width(2))).map_err(not_drawn)?;
        // A mark has a text only if it does not overlap the previous one.
        let text = match mark.action.as_str() {
            _ if mark.errors > 0 => "error",
            _ if mark.observe_only => "observed",
            action => action,
        };
        if at >= free_from {
            draw_text(panel, text, (at + 4, row * BAND + 4), TEXT)?;
            free_from = at + 50;
        }
    }
    row += 1;
    for kept in timeline.kept_awake.iter().flatten() {
        band(row, kept.from, kept.until, LEASE)?;
    }
    let unknown = if timeline.kept_awake.is_none() { "lease: unknown" } else { "lease" };
    name(row, unknown)
}

fn draw_foot<DB: DrawingBackend<ErrorType: 'static>>(
    foot: &DrawingArea<DB, Shift>,
    timeline: &Timeline,
    zone: &TimeZone,
    ticks: &[Tick],
    width: ChartWidth,
) -> Drawn {
    let pixels = i32::try_from(width.pixels()).unwrap_or(0);
    let available = f64::from(pixels - LEFT - RIGHT);
    let line = i32::try_from(LINE).unwrap_or(0);
    let write = |text: &str, at: (i32, i32)| draw_text(foot, text, at, TEXT);
    for tick in ticks {
        let share = x(timeline, tick.at) / timeline.range.length().as_secs_f64();
        // The approximate middle of the label.
        let half = i32::try_from(tick.label.len()).unwrap_or(0) * 3;
        let at = (LEFT + (share * available) as i32 - half).min(pixels - 2 * half - 8);
        write(&tick.label, (at, 2))?;
    }
    let axis = format!("time ({})", zone.name(timeline.range.until));
    let key = ["alarms: red ALARM, green OK,", "grey INSUFFICIENT_DATA"];
    match width {
        ChartWidth::Wide => {
            write(&key.join(" "), (LEFT, 2 + line))?;
            write(&axis, (pixels / 2 + 30, 2 + line))
        }
        ChartWidth::Narrow => {
            write(&axis, (LEFT, 2 + line))?;
            write(key[0], (LEFT, 2 + 2 * line))?;
            write(key[1], (LEFT, 2 + 3 * line))
        }
    }
}

fn key((x, y): (i32, i32), colour: RGBColor) -> Rectangle<(i32, i32)> {
    Rectangle::new([(x, y - 2), (x + 14, y + 2)], colour.filled())
}
