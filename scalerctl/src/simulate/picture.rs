//! A course as a picture: three panels over one axis of time, as SVG.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use plotters::{
    chart::{ChartBuilder, SeriesLabelPosition},
    coord::Shift,
    drawing::DrawingArea,
    element::{PathElement, Rectangle, Text},
    prelude::{IntoDrawingArea, SVGBackend},
    series::LineSeries,
    style::{BLACK, Color, IntoFont, RGBColor},
};

use simulator::AlarmState;

use super::course::{Course, Sample};

/// Width and height in pixels.
pub const SIZE: (u32, u32) = (960, 460);

// Colours that can be told apart with any colour vision, on light and on dark ground.
const BACKLOG: RGBColor = RGBColor(0, 114, 178);
const SHOWN: RGBColor = RGBColor(230, 159, 0);
const ARRIVAL: RGBColor = RGBColor(120, 120, 120);
const DESIRED: RGBColor = RGBColor(213, 94, 0);
const ACTUAL: RGBColor = RGBColor(0, 158, 115);
const LEASE: RGBColor = RGBColor(86, 180, 233);
const ALARM: RGBColor = RGBColor(204, 51, 51);
const OK: RGBColor = RGBColor(150, 180, 150);
const INSUFFICIENT: RGBColor = RGBColor(170, 170, 170);

/// What is shown before the first arrival and after the last change.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// Height of a band in pixels, and of what stands left of the panels.
const BAND: i32 = 20;
const LEFT: u32 = 52;

/// Arrivals that are drawn one by one, at most.
const MOST_MARKS: usize = 2000;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), String>;

/// The picture of a course under this title.
///
/// # Errors
///
/// What the plotting library says.
pub fn svg(course: &Course, title: &str) -> Result<String, String> {
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        let (head, body) = root.split_vertically(26);
        head.draw(&Text::new(title.to_owned(), (8, 6), ("sans-serif", 15).into_font()))
            .map_err(said)?;
        let bands = i32::try_from(course.alarms.len() + 1).unwrap_or(1) * BAND + 6;
        let (backlog, rest) = body.split_vertically(200);
        let (states, instances) = rest.split_vertically(bands);
        let span = Span::of(course);
        draw_backlog(&backlog, course, span)?;
        draw_states(&states, course, span)?;
        draw_instances(&instances, course, span)?;
        root.present().map_err(said)?;
    }
    Ok(text)
}

/// The part of a course that is shown, in minutes or hours since its begin: so the axis has round
/// times.
#[derive(Debug, Clone, Copy)]
struct Span {
    origin: Timestamp,
    unit: SignedDuration,
    from: f64,
    to: f64,
}

impl Span {
    /// From the first arrival until nothing changes any more.
    fn of(course: &Course) -> Self {
        let first = course.jobs.iter().map(super::outcome::arrival).min().unwrap_or(course.from);
        let changes = course.samples.windows(2).filter_map(|pair| match pair {
            [before, after] if before.looks_other_than(after) => Some(after.at),
            _ => None,
        });
        let last = changes.max().unwrap_or(course.until).max(first + SignedDuration::from_mins(60));
        let (from, to) = (first - MARGIN, last + MARGIN);
        let is_long = to.duration_since(from) > SignedDuration::from_hours(36);
        let unit =
            if is_long { SignedDuration::from_hours(1) } else { SignedDuration::from_mins(1) };
        let mut span = Self { origin: course.from, unit, from: 0.0, to: 0.0 };
        span.from = span.x(from.max(course.from));
        span.to = span.x(to.min(course.until));
        span
    }

    fn x(self, at: Timestamp) -> f64 {
        at.duration_since(self.origin).as_secs_f64() / self.unit.as_secs_f64()
    }

    fn time(self, x: f64) -> Timestamp {
        self.origin + SignedDuration::from_secs_f64(x * self.unit.as_secs_f64())
    }

    fn label(self, x: f64) -> String {
        let at = self.time(x);
        let is_long = self.unit > SignedDuration::from_mins(1);
        let format = if is_long { "%a %H:%M" } else { "%H:%M" };
        TimeZone::UTC.to_datetime(at).strftime(format).to_string()
    }

    fn holds(self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&self.x(at))
    }
}

/// The line that a value makes which stands from each sample to the next.
fn steps(course: &Course, span: Span, value: impl Fn(&Sample) -> Option<f64>) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for sample in course.samples.iter().filter(|sample| span.holds(sample.at)) {
        let Some(y) = value(sample) else { continue };
        let x = span.x(sample.at);
        match line.as_slice() {
            // A run of equal values is one line.
            [.., (_, before), (_, last)] if *before == y && *last == y => {
                line.pop();
            }
            [.., (_, last)] if *last != y => line.push((x, *last)),
            _ => {}
        }
        line.push((x, y));
    }
    line
}

/// The same of the desired capacity, which is known to the second.
fn desired(course: &Course, span: Span) -> Vec<(f64, f64)> {
    let mut line = vec![(span.from, f64::from(course.desired_at(span.time(span.from))))];
    for request in course.requests.iter().filter(|request| span.holds(request.at)) {
        let x = span.x(request.at);
        line.extend([(x, f64::from(request.from)), (x, f64::from(request.to))]);
    }
    let last = line.last().map_or(0.0, |(_, y)| *y);
    line.push((span.to, last));
    line
}

fn top(line: &[(f64, f64)]) -> f64 {
    line.iter().map(|(_, y)| *y).fold(1.0, f64::max) * 1.15
}

fn draw_backlog(panel: &Panel<'_>, course: &Course, span: Span) -> Drawn {
    let backlog = steps(course, span, |sample| Some(sample.backlog as f64));
    let shown = steps(course, span, |sample| sample.shown);
    let mut chart = ChartBuilder::on(panel)
        .margin_right(12)
        .x_label_area_size(22)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(span.from..span.to, 0.0..top(&backlog).max(top(&shown)))
        .map_err(said)?;
    let label = |x: &f64| span.label(*x);
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(9).y_labels(5).x_label_formatter(&label).y_desc("requests");
    mesh.y_label_formatter(&whole).light_line_style(BLACK.mix(0.06)).draw().map_err(said)?;
    let arrivals = course.jobs.iter().map(super::outcome::arrival).filter(|at| span.holds(*at));
    let foot = 0.05 * top(&backlog).max(top(&shown));
    let marks = arrivals.take(MOST_MARKS).map(|at| {
        let x = span.x(at);
        PathElement::new(vec![(x, 0.0), (x, foot)], ARRIVAL)
    });
    chart.draw_series(marks).map_err(said)?.label("arrivals").legend(|at| key(at, ARRIVAL));
    chart
        .draw_series(LineSeries::new(backlog, BACKLOG.stroke_width(2)))
        .map_err(said)?
        .label("backlog")
        .legend(|at| key(at, BACKLOG));
    chart
        .draw_series(LineSeries::new(shown, SHOWN.stroke_width(2)))
        .map_err(said)?
        .label("what CloudWatch shows of it")
        .legend(|at| key(at, SHOWN));
    legend(&mut chart)
}

fn draw_instances(panel: &Panel<'_>, course: &Course, span: Span) -> Drawn {
    let desired = desired(course, span);
    let actual = steps(course, span, |sample| Some(f64::from(sample.current)));
    let mut chart = ChartBuilder::on(panel)
        .margin_right(12)
        .x_label_area_size(22)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(span.from..span.to, 0.0..top(&desired).max(top(&actual)))
        .map_err(said)?;
    let label = |x: &f64| span.label(*x);
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(9).y_labels(4).x_label_formatter(&label).y_desc("instances");
    mesh.y_label_formatter(&whole).light_line_style(BLACK.mix(0.06)).draw().map_err(said)?;
    chart
        .draw_series(LineSeries::new(desired, DESIRED.stroke_width(2)))
        .map_err(said)?
        .label("desired")
        .legend(|at| key(at, DESIRED));
    chart
        .draw_series(LineSeries::new(actual, ACTUAL.stroke_width(2)))
        .map_err(said)?
        .label("in service")
        .legend(|at| key(at, ACTUAL));
    legend(&mut chart)
}

/// A band for each alarm's state, and one for the lease.
fn draw_states(panel: &Panel<'_>, course: &Course, span: Span) -> Drawn {
    let (width, _) = panel.dim_in_pixel();
    let (left, right) = (f64::from(LEFT), f64::from(width) - 12.0);
    let pixel = |x: f64| {
        let share = ((x - span.from) / (span.to - span.from)).clamp(0.0, 1.0);
        (left + share * (right - left)) as i32
    };
    let band = |row: usize, from: f64, to: f64, colour: RGBColor| {
        let y = i32::try_from(row).unwrap_or(0) * BAND;
        let corners = [(pixel(from), y + 3), (pixel(to), y + BAND - 3)];
        panel.draw(&Rectangle::new(corners, colour.mix(0.45).filled())).map_err(said)
    };
    let name = |row: usize, text: &str| {
        let at = (pixel(span.from) + 6, i32::try_from(row).unwrap_or(0) * BAND + 5);
        panel.draw(&Text::new(text.to_owned(), at, ("sans-serif", 11).into_font())).map_err(said)
    };
    for (row, alarm) in course.alarms.iter().enumerate() {
        for (index, (at, state)) in alarm.changes.iter().enumerate() {
            let ends = alarm.changes.get(index + 1).map_or(course.until, |(next, _)| *next);
            let colour = match state {
                AlarmState::Ok => OK,
                AlarmState::Alarm => ALARM,
                AlarmState::InsufficientData => INSUFFICIENT,
            };
            band(row, span.x(*at), span.x(ends), colour)?;
        }
        name(row, &alarm.name)?;
    }
    let row = course.alarms.len();
    for sample in &course.samples {
        let live = sample.leased_until.is_some_and(|until| until > sample.at);
        if live && span.holds(sample.at) {
            let since = sample.at - SignedDuration::from_mins(1);
            band(row, span.x(since), span.x(sample.at), LEASE)?;
        }
    }
    name(row, "lease")
}

type Chart<'a, 'b> = plotters::chart::ChartContext<
    'a,
    SVGBackend<'b>,
    plotters::coord::cartesian::Cartesian2d<
        plotters::coord::types::RangedCoordf64,
        plotters::coord::types::RangedCoordf64,
    >,
>;

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>) -> Drawn {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .label_font(("sans-serif", 11))
        .draw()
        .map_err(said)
}

fn key((x, y): (i32, i32), colour: RGBColor) -> Rectangle<(i32, i32)> {
    Rectangle::new([(x, y - 2), (x + 14, y + 2)], colour.filled())
}

/// A tick of the axis, where it is a whole number.
fn whole(y: &f64) -> String {
    if y.fract() == 0.0 { format!("{y:.0}") } else { String::new() }
}

fn said(error: impl std::fmt::Display) -> String {
    format!("the picture cannot be drawn: {error}")
}
