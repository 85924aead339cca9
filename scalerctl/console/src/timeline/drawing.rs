//! Draws a timeline as an SVG chart: three panels with one time axis.

use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::{cartesian::Cartesian2d, types::RangedCoordf64},
    element::PathElement,
    prelude::SVGBackend,
    series::LineSeries,
    style::{BLACK, Color, RGBColor},
};

use super::{
    bands as states,
    data::Timeline,
    keys::{LEFT, Panel, RIGHT, draw_keys, keys_height},
    lines::{TimeAxis, desired, steps},
};
use crate::{
    chart::{
        BACKLOG, ChartWidth, DESIRED, Drawn, IN_SERVICE, MARK, OF_BACKLOG, TEXT, TITLE, draw_text,
        not_drawn, svg_document, whole_number,
    },
    wrapped::wrapped,
};

const BACKLOG_KEYS: [(&str, RGBColor); 3] =
    [("arrivals", MARK), ("backlog", BACKLOG), ("what CloudWatch shows of it", OF_BACKLOG)];
const INSTANCE_KEYS: [(&str, RGBColor); 2] =
    [("desired instances", DESIRED), ("in service", IN_SERVICE)];

/// Height of a panel's plot with its axis, in pixels.
const PLOT: u32 = 170;

/// Height of a line of the title, and the approximate width of one of its letters, in pixels.
const TITLE_LINE: u32 = 20;
const TITLE_LETTER: u32 = 9;

/// Space to the left of the name of an axis, whose letters would be cut without it.
const EDGE: u32 = 4;

/// Maximum number of arrivals that are drawn.
const MOST_MARKS: usize = 2000;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Number of time labels that fit on the axis.
fn times(width: ChartWidth, axis: TimeAxis) -> usize {
    match (width, axis.is_long()) {
        (ChartWidth::Wide, _) => 9,
        (ChartWidth::Narrow, false) => 5,
        (ChartWidth::Narrow, true) => 3,
    }
}

/// The chart of a timeline. `title`: drawn above the chart. `None` if the page has a title already.
///
/// # Errors
///
/// The message of the plotting library.
pub fn svg(timeline: &Timeline, width: ChartWidth, title: Option<&str>) -> Result<String, String> {
    let pixels = width.pixels();
    let title = title.map(|title| wrapped(title, (pixels / TITLE_LETTER) as usize));
    let head = title.as_ref().map_or(0, |title| TITLE_LINE * title.lines().count() as u32 + 6);
    let backlog_height = keys_height(&BACKLOG_KEYS, pixels) + PLOT;
    let states_height = states::height(timeline, pixels);
    let instances_height = keys_height(&INSTANCE_KEYS, pixels) + PLOT + 16;
    let height = head + backlog_height + states_height + instances_height;
    svg_document((pixels, height), |root| {
        let (top, body) = root.split_vertically(head);
        for (index, line) in title.iter().flat_map(|title| title.lines()).enumerate() {
            draw_text(&top, line, (8, 6 + (index as u32 * TITLE_LINE) as i32), TITLE)?;
        }
        let (backlog, rest) = body.split_vertically(backlog_height);
        let (states, instances) = rest.split_vertically(states_height);
        let axis = TimeAxis::of(timeline);
        draw_backlog(&backlog, timeline, axis, width)?;
        states::draw(&states, timeline, axis)?;
        draw_instances(&instances, timeline, axis, width)
    })
}

fn draw_backlog(
    panel: &Panel<'_>,
    timeline: &Timeline,
    axis: TimeAxis,
    width: ChartWidth,
) -> Drawn {
    let backlog = steps(timeline, axis, |moment| Some(moment.backlog as f64));
    let shown = steps(timeline, axis, |moment| moment.shown);
    let top = top(&[&backlog, &shown]);
    let mut chart = chart(panel, &BACKLOG_KEYS, axis, width, top, ("requests", None))?;
    let arrivals = timeline.arrivals.iter().copied().filter(|at| axis.holds(*at));
    let marks = arrivals.take(MOST_MARKS).map(|at| {
        let x = axis.x(at);
        PathElement::new(vec![(x, 0.0), (x, 0.06 * top)], MARK.stroke_width(2))
    });
    for (line, colour) in [(backlog, BACKLOG), (shown, OF_BACKLOG)] {
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2))).map_err(not_drawn)?;
    }
    chart.draw_series(marks).map_err(not_drawn).map(drop)
}

fn draw_instances(
    panel: &Panel<'_>,
    timeline: &Timeline,
    axis: TimeAxis,
    width: ChartWidth,
) -> Drawn {
    let desired = desired(timeline, axis);
    let actual = steps(timeline, axis, |moment| Some(f64::from(moment.in_service)));
    let top = top(&[&desired, &actual]);
    let axes = ("instances", Some("time of day, UTC"));
    let mut chart = chart(panel, &INSTANCE_KEYS, axis, width, top, axes)?;
    for (line, colour) in [(desired, DESIRED), (actual, IN_SERVICE)] {
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2))).map_err(not_drawn)?;
    }
    Ok(())
}

/// Axes and keys of a panel.
fn chart<'a, 'b>(
    panel: &'a Panel<'b>,
    keys: &[(&str, RGBColor)],
    axis: TimeAxis,
    width: ChartWidth,
    top: f64,
    (y_name, x_name): (&str, Option<&str>),
) -> Result<Chart<'a, 'b>, String> {
    draw_keys(panel, keys)?;
    let (pixels, _) = panel.dim_in_pixel();
    let mut chart = ChartBuilder::on(panel)
        .margin_top(keys_height(keys, pixels))
        .margin_left(EDGE)
        .margin_right(RIGHT)
        .x_label_area_size(if x_name.is_some() { 40 } else { 24 })
        .y_label_area_size(LEFT - EDGE)
        .build_cartesian_2d(axis.from..axis.to, 0.0..top)
        .map_err(not_drawn)?;
    let label = |x: &f64| axis.label(*x);
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(times(width, axis)).y_labels(5).max_light_lines(1).x_label_formatter(&label);
    mesh.label_style(TEXT).axis_desc_style(TEXT).y_desc(y_name);
    if let Some(name) = x_name {
        mesh.x_desc(name);
    }
    mesh.y_label_formatter(&whole_number)
        .light_line_style(BLACK.mix(0.06))
        .draw()
        .map_err(not_drawn)?;
    Ok(chart)
}

/// The upper end of an axis that contains these lines.
fn top(lines: &[&[(f64, f64)]]) -> f64 {
    lines.iter().copied().flatten().map(|(_, y)| *y).fold(1.0, f64::max) * 1.15
}
