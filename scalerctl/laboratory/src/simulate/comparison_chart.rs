//! Cost against delay, with one mark for each policy. On a narrow screen, its names are numbers of the list below.

use maud::{Markup, html};

use super::{
    candidate::Candidate,
    logarithmic_axis::{LogarithmicAxis, round_durations, round_numbers},
    name_places::{Area, places},
    results::Results,
    table::short,
    tariff::Tariff,
};
use scalerctl_console::chart::{BACKLOG, ChartWidth, DESIRED, MARK};

/// Space on the left for the labels of the delay, at the top for its name, on the right, and at the bottom.
const LEFT: f64 = 52.0;
const TOP: f64 = 28.0;
const RIGHT: f64 = 12.0;
const BOTTOM: f64 = 46.0;

/// Size of the text in pixels.
const TEXT: u32 = 12;

/// Width and height of a mark with its border.
const MARK_SIZE: (f64, f64) = (16.0, 16.0);

/// Width of a letter, at most on average, and height of a line.
const LETTER: f64 = 7.5;
const LINE: f64 = 18.0;

/// A policy in the chart.
struct Mark<'a> {
    number: usize,
    candidate: &'a Candidate,
    cost: f64,
    delay: f64,
    loses: bool,
}

/// The chart for a wide and for a narrow screen, and the list.
pub fn of(rows: &[(&Candidate, &Results)], tariff: Tariff) -> Markup {
    let cost = match tariff.price_per_hour {
        Some(price) => format!("price at {price} an hour"),
        None => "billed instance hours".to_owned(),
    };
    let marks = rows.iter().enumerate().filter_map(|(index, (candidate, results))| {
        let (delay, cost) = (results.result?.p50, results.cost());
        let loses = results.without_result() > 0;
        let mark = Mark { number: index + 1, candidate, cost, delay, loses };
        (cost > 0.0 && delay > 0.0).then_some(mark)
    });
    let marks: Vec<Mark<'_>> = marks.collect();
    html! {
        div #comparison {
            div class="picture on-wide" { (chart(&marks, &cost, ChartWidth::Wide)) }
            div class="picture on-narrow" { (chart(&marks, &cost, ChartWidth::Narrow)) }
            p.note {
                "To the left: cheaper. Down: sooner. Circle: reactive-scaler. Square: another policy. Diamond: the habit of "
                "another service, which SageMaker does not have. Hollow: it leaves requests without a result."
            }
            ol { @for (candidate, results) in rows { (entry(candidate, results, tariff)) } }
        }
    }
}

fn entry(candidate: &Candidate, results: &Results, tariff: Tariff) -> Markup {
    html! {
        li {
            a href=(format!("#policy-{}", candidate.id)) { (candidate.id) } ": "
            (format!("{:.2}{}", results.cost(), tariff.unit()))
            @match results.result {
                Some(times) => { ", median result after " (short(times.p50)) },
                None if results.not_played.is_empty() => ", never a result: not in the chart",
                None => ", result not known: not in the chart",
            }
            @match results.without_result() {
                0 => {},
                lost => { ", " (lost) " of " (results.arrivals) " requests without a result" },
            }
        }
    }
}

fn chart(marks: &[Mark<'_>], cost: &str, width: ChartWidth) -> Markup {
    let (right, bottom) = match width {
        ChartWidth::Wide => (f64::from(width.pixels()), 400.0),
        ChartWidth::Narrow => (f64::from(width.pixels()), 320.0),
    };
    let (x_end, y_end) = (right - RIGHT, bottom - BOTTOM);
    let x = LogarithmicAxis::of(marks.iter().map(|mark| mark.cost), (LEFT, x_end));
    let y = LogarithmicAxis::of(marks.iter().map(|mark| mark.delay), (y_end, TOP));
    let plot = Area {
        center: ((LEFT + x_end) / 2.0, (TOP + y_end) / 2.0),
        size: (x_end - LEFT, y_end - TOP),
    };
    let name = |mark: &Mark<'_>| match width {
        ChartWidth::Wide => mark.candidate.id.to_string(),
        ChartWidth::Narrow => mark.number.to_string(),
    };
    let size = |name: &str| (name.len() as f64 * LETTER + 6.0, LINE);
    let centers: Vec<(f64, f64)> = marks.iter().map(|it| (x.at(it.cost), y.at(it.delay))).collect();
    let named = marks.iter().zip(&centers).map(|(mark, center)| (*center, size(&name(mark))));
    let names = places(&named.collect::<Vec<_>>(), MARK_SIZE, &plot);
    html! {
        svg viewBox=(format!("0 0 {right} {bottom}")) role="img" font-size=(TEXT) font-family="sans-serif"
            aria-label="Cost and delay of each policy; the list below has the same figures" {
            @for value in x.labels(round_numbers(), 56.0) {
                (line((x.at(value), TOP), (x.at(value), y_end), 0.15))
                (text((x.at(value), y_end + 16.0), "middle", &number(value)))
            }
            @for value in y.labels(round_durations(), 24.0) {
                (line((LEFT, y.at(value)), (x_end, y.at(value)), 0.15))
                (text((LEFT - 6.0, y.at(value) + 4.0), "end", &short(value)))
            }
            (line((LEFT, TOP), (LEFT, y_end), 0.7))
            (line((LEFT, y_end), (x_end, y_end), 0.7))
            (text((4.0, 14.0), "start", "median time from arrival to result"))
            (text((x_end, bottom - 8.0), "end", &format!("{cost}, logarithmic")))
            @for (center, place) in centers.iter().zip(&names) { (line(*center, place.center, 0.5)) }
            @for (mark, place) in marks.iter().zip(&names) {
                rect x=(pixels(place.center.0 - place.size.0 / 2.0)) y=(pixels(place.center.1 - LINE / 2.0))
                    width=(pixels(place.size.0)) height=(LINE) fill="var(--ground)" {}
                (text((place.center.0, place.center.1 + 4.0), "middle", &name(mark)))
            }
            @for (mark, center) in marks.iter().zip(&centers) { (shape(mark, *center)) }
        }
    }
}

fn line((x1, y1): (f64, f64), (x2, y2): (f64, f64), opacity: f64) -> Markup {
    html! {
        line x1=(pixels(x1)) y1=(pixels(y1)) x2=(pixels(x2)) y2=(pixels(y2))
            stroke="currentColor" stroke-opacity=(opacity) {}
    }
}

fn text((x, y): (f64, f64), anchor: &str, content: &str) -> Markup {
    html! { text x=(pixels(x)) y=(pixels(y)) text-anchor=(anchor) { (content) } }
}

/// Shapes and fill, not only colors, tell the kinds of policies apart.
fn shape(mark: &Mark<'_>, (x, y): (f64, f64)) -> Markup {
    let color = match (mark.candidate.is_ours(), mark.candidate.is_deployable()) {
        (true, _) => BACKLOG,
        (false, true) => DESIRED,
        (false, false) => MARK,
    };
    let color = format!("rgb({}, {}, {})", color.0, color.1, color.2);
    let fill = if mark.loses { "var(--ground)" } else { color.as_str() };
    let outline = match (mark.candidate.is_ours(), mark.candidate.is_deployable()) {
        (true, _) => format!("M {} {y} a 6 6 0 1 0 12 0 a 6 6 0 1 0 -12 0 z", pixels(x - 6.0)),
        (false, true) => format!("M {} {} h 11 v 11 h -11 z", pixels(x - 5.5), pixels(y - 5.5)),
        (false, false) => format!("M {} {} l 7 7 l -7 7 l -7 -7 z", pixels(x), pixels(y - 7.0)),
    };
    html! {
        path.mark d=(outline) fill=(fill) stroke=(color) stroke-width="2" {
            title { (mark.candidate.title()) }
        }
    }
}

/// A tenth of a pixel is exact enough.
fn pixels(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A number without trailing zeros.
fn number(value: f64) -> String {
    format!("{}", (value * 1000.0).round() / 1000.0)
}
