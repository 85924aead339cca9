//! The curves of the backlog and of the instances.

use plotters::style::RGBColor;
use reactive_scaler::port::Datapoint;
use scalerctl_console::chart::{BACKLOG, DESIRED, IN_SERVICE, OF_BACKLOG, PAID_IDLE};

use super::{
    super::timeline::{Timeline, top},
    frame::Frame,
    legend::{Key, Sample, add_keys},
    scene::{Anchor, Fill, Ink, Scene, TEXT_SIZE},
};
use crate::monitoring::interval::Interval;

/// The height of the curves.
const BACKLOG_HEIGHT: f64 = 130.0;
const INSTANCES_HEIGHT: f64 = 84.0;

/// A curve: its name, its parts without a gap, and its color.
struct Curve {
    name: &'static str,
    parts: Vec<Vec<(f64, f64)>>,
    colour: RGBColor,
    /// Whether the area below it is filled, so that it is told from the other one without color.
    is_filled: bool,
}

/// The backlog, and the backlog per instance.
pub fn add_backlog(scene: &mut Scene, frame: &Frame, timeline: &Timeline) {
    let keys = [
        Key::new(Sample::Area(BACKLOG), "backlog, requests"),
        Key::new(Sample::Line(OF_BACKLOG), "backlog per instance"),
    ];
    add_keys(scene, frame, &keys);
    let curve = |name, points: &[Datapoint], colour, is_filled| {
        // A datapoint is drawn in the middle of its period.
        let at = |point: &Datapoint| (frame.x(point.at + timeline.period / 2), point.value);
        let parts = timeline.runs(points).iter().map(|run| run.iter().map(at).collect()).collect();
        Curve { name, parts, colour, is_filled }
    };
    let curves = [
        curve("backlog", &timeline.backlog, BACKLOG, true),
        curve("backlog per instance", &timeline.per_instance, OF_BACKLOG, false),
    ];
    let highest = top(timeline.backlog.iter().chain(&timeline.per_instance));
    add_panel(scene, frame, BACKLOG_HEIGHT, highest, &curves, &[]);
}

/// Desired instances, instances in service, and the idle part below them.
pub fn add_instances(scene: &mut Scene, frame: &Frame, timeline: &Timeline) {
    let keys = [
        Key::new(Sample::Area(IN_SERVICE), "instances in service"),
        Key::new(Sample::Line(DESIRED), "desired"),
    ];
    add_keys(scene, frame, &keys);
    let curve = |name, intervals: &[Interval], colour, is_filled| Curve {
        name,
        parts: steps(frame, intervals),
        colour,
        is_filled,
    };
    // What is in service is drawn over what is desired, which is the same most of the time.
    let curves = [
        curve("desired instances", &timeline.desired, DESIRED, false),
        curve("instances in service", &timeline.in_service, IN_SERVICE, true),
    ];
    let values = timeline.desired.iter().chain(&timeline.in_service).map(|it| it.value);
    let idle = timeline.paid_idle.as_ref().map_or(&[][..], |it| &it.idle_intervals);
    add_panel(scene, frame, INSTANCES_HEIGHT, values.fold(1.0, f64::max), &curves, idle);
}

/// Step lines of a value: one line for each range in which it is known without a gap.
fn steps(frame: &Frame, intervals: &[Interval]) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut known_until = None;
    for interval in intervals {
        let ends = [interval.from, interval.until].map(|at| (frame.x(at), interval.value));
        match lines.last_mut().filter(|_| known_until == Some(interval.from)) {
            Some(line) => line.extend(ends),
            None => lines.push(ends.to_vec()),
        }
        known_until = Some(interval.until);
    }
    lines
}

fn add_panel(
    scene: &mut Scene,
    frame: &Frame,
    height: f64,
    highest: f64,
    curves: &[Curve],
    idle: &[Interval],
) {
    let top = scene.height + 6.0;
    let bottom = top + height;
    scene.grid(frame.grid(), top, bottom);
    // The curve stays below the upper end.
    let y = |value: f64| bottom - (value / highest) * (height - 8.0);
    for value in labelled(highest) {
        let at = y(value);
        scene.below(vec![(frame.left, at), (frame.right, at)], Ink::Grid);
        scene.text((frame.left - 6.0, at + 4.0), Anchor::End, TEXT_SIZE, &format!("{value}"));
    }
    for curve in curves {
        for part in &curve.parts {
            let most = part.iter().map(|&(_, value)| value).fold(0.0, f64::max);
            let title = format!("{}: at most {}", curve.name, hundredths(most));
            let mut points: Vec<(f64, f64)> =
                part.iter().map(|&(x, value)| (x, y(value))).collect();
            if let [(x, y)] = points.as_slice() {
                // A single point is not visible as a line.
                points = vec![(x - 1.0, *y), (x + 1.0, *y)];
            }
            if let (true, Some(&(first, _)), Some(&(last, _))) =
                (curve.is_filled, points.first(), points.last())
            {
                let ground = [(last, bottom), (first, bottom)];
                let area = points.iter().copied().chain(ground).collect();
                scene.polygon(area, Fill::Faint, Ink::Of(curve.colour)).titled(title.clone());
            }
            scene.line(points, Ink::Of(curve.colour), 2.0).titled(title);
        }
    }
    for it in idle {
        let (from, until) = (frame.x(it.from), frame.x(it.until));
        let size = (until - from, bottom - y(it.value));
        let shape = scene.rect((from, y(it.value)), size, Fill::Half, Ink::Of(PAID_IDLE));
        shape.titled(format!("paid idle: {} in service", it.value));
    }
    scene.line(vec![(frame.left, bottom), (frame.right, bottom)], Ink::Text, 1.0);
    scene.height = bottom + 6.0;
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The values with a label: 0, the highest, and the middle if it is a whole number and there is room.
fn labelled(highest: f64) -> Vec<f64> {
    let middle = highest / 2.0;
    let highest = hundredths(highest);
    match middle.fract() == 0.0 {
        true => vec![0.0, middle, highest],
        false => vec![0.0, highest],
    }
}
