//! A record as a picture: three panels over one axis of time, as SVG.

use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::{cartesian::Cartesian2d, types::RangedCoordf64},
    element::{PathElement, Text},
    prelude::{IntoDrawingArea, SVGBackend},
    series::LineSeries,
    style::{BLACK, Color, IntoFont, RGBColor},
};

use super::{
    chart_bands as states,
    chart_keys::{Drawn, LEFT, Panel, RIGHT, TEXT, draw_keys, keys_height, said},
    chart_lines::{Span, desired, steps},
    results::arrival,
    run_record::RunRecord,
};
use scalerctl_console::page::Shape;

// Colours that can be told apart with any colour vision, on light and on dark ground.
const BACKLOG: RGBColor = RGBColor(0, 114, 178);
const SHOWN: RGBColor = RGBColor(230, 159, 0);
const ARRIVAL: RGBColor = RGBColor(120, 120, 120);
const DESIRED: RGBColor = RGBColor(213, 94, 0);
const ACTUAL: RGBColor = RGBColor(0, 158, 115);

const BACKLOG_KEYS: [(&str, RGBColor); 3] =
    [("arrivals", ARRIVAL), ("backlog", BACKLOG), ("what CloudWatch shows of it", SHOWN)];
const INSTANCE_KEYS: [(&str, RGBColor); 2] =
    [("desired instances", DESIRED), ("in service", ACTUAL)];

/// A panel's plot with its axis.
const PLOT: u32 = 170;

/// Arrivals that are drawn one by one, at most.
const MOST_MARKS: usize = 2000;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Times that have room on the axis.
fn times(shape: Shape, span: Span) -> usize {
    match (shape, span.is_long()) {
        (Shape::Wide, _) => 9,
        (Shape::Narrow, false) => 5,
        (Shape::Narrow, true) => 3,
    }
}

/// The picture of a record, under a title where none stands above it.
///
/// # Errors
///
/// What the plotting library says.
pub fn svg(record: &RunRecord, shape: Shape, title: Option<&str>) -> Result<String, String> {
    scalerctl_console::font::register()?;
    let mut text = String::new();
    {
        let width = shape.width();
        let head = if title.is_some() { 26 } else { 0 };
        let backlog_height = keys_height(&BACKLOG_KEYS, width) + PLOT;
        let states_height = states::height(record, width);
        let instances_height = keys_height(&INSTANCE_KEYS, width) + PLOT + 16;
        let height = head + backlog_height + states_height + instances_height;
        let root = SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
        let (top, body) = root.split_vertically(head);
        if let Some(title) = title {
            let title = Text::new(title.to_owned(), (8, 6), ("sans-serif", 15).into_font());
            top.draw(&title).map_err(said)?;
        }
        let (backlog, rest) = body.split_vertically(backlog_height);
        let (states, instances) = rest.split_vertically(states_height);
        let span = Span::of(record);
        draw_backlog(&backlog, record, span, shape)?;
        states::draw(&states, record, span)?;
        draw_instances(&instances, record, span, shape)?;
        root.present().map_err(said)?;
    }
    Ok(text)
}

fn draw_backlog(panel: &Panel<'_>, record: &RunRecord, span: Span, shape: Shape) -> Drawn {
    let backlog = steps(record, span, |sample| Some(sample.backlog as f64));
    let shown = steps(record, span, |sample| sample.shown);
    let top = top(&[&backlog, &shown]);
    let mut chart = chart(panel, &BACKLOG_KEYS, span, shape, top, ("requests", None))?;
    let arrivals = record.jobs.iter().map(arrival).filter(|at| span.holds(*at));
    let marks = arrivals.take(MOST_MARKS).map(|at| {
        let x = span.x(at);
        PathElement::new(vec![(x, 0.0), (x, 0.06 * top)], ARRIVAL.stroke_width(2))
    });
    for (line, colour) in [(backlog, BACKLOG), (shown, SHOWN)] {
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2))).map_err(said)?;
    }
    chart.draw_series(marks).map_err(said).map(drop)
}

fn draw_instances(panel: &Panel<'_>, record: &RunRecord, span: Span, shape: Shape) -> Drawn {
    let desired = desired(record, span);
    let actual = steps(record, span, |sample| Some(f64::from(sample.current)));
    let top = top(&[&desired, &actual]);
    let axes = ("instances", Some("time of day, UTC"));
    let mut chart = chart(panel, &INSTANCE_KEYS, span, shape, top, axes)?;
    for (line, colour) in [(desired, DESIRED), (actual, ACTUAL)] {
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2))).map_err(said)?;
    }
    Ok(())
}

/// Axes and keys of a panel.
fn chart<'a, 'b>(
    panel: &'a Panel<'b>,
    keys: &[(&str, RGBColor)],
    span: Span,
    shape: Shape,
    top: f64,
    (y_name, x_name): (&str, Option<&str>),
) -> Result<Chart<'a, 'b>, String> {
    draw_keys(panel, keys)?;
    let (width, _) = panel.dim_in_pixel();
    let mut chart = ChartBuilder::on(panel)
        .margin_top(keys_height(keys, width))
        .margin_right(RIGHT)
        .x_label_area_size(if x_name.is_some() { 40 } else { 24 })
        .y_label_area_size(LEFT)
        .build_cartesian_2d(span.from..span.to, 0.0..top)
        .map_err(said)?;
    let label = |x: &f64| span.label(*x);
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(times(shape, span)).y_labels(5).max_light_lines(1).x_label_formatter(&label);
    mesh.label_style(TEXT).axis_desc_style(TEXT).y_desc(y_name);
    if let Some(name) = x_name {
        mesh.x_desc(name);
    }
    mesh.y_label_formatter(&whole).light_line_style(BLACK.mix(0.06)).draw().map_err(said)?;
    Ok(chart)
}

/// The upper end of an axis on which these lines have room.
fn top(lines: &[&[(f64, f64)]]) -> f64 {
    lines.iter().copied().flatten().map(|(_, y)| *y).fold(1.0, f64::max) * 1.15
}

/// A tick of the axis, where it is a whole number.
fn whole(y: &f64) -> String {
    if y.fract() == 0.0 { format!("{y:.0}") } else { String::new() }
}
