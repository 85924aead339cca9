//! The chart as a picture: panels and rows with one time axis.
//!
//! | file | content |
//! |---|---|
//! | `scene` | the shapes of a picture, without a file format |
//! | `frame` | the widths and the time axis that all parts share |
//! | `panels` | the curves of the backlog and the instances |
//! | `rows` | one row each for waiting work, idle time, lease, and alarms |
//! | `decisions` | the row of the decisions |
//! | `legend` | what colors and forms mean |
//! | `svg`, `png` | a scene as a file |

mod decisions;
mod frame;
mod legend;
mod panels;
mod png;
mod rows;
mod scene;
mod svg;

use scalerctl_console::{chart::ChartWidth, wrapped::wrapped};

use super::{axis::utc_labels, summary, timeline::Timeline};
use crate::monitoring::TimeZone;
use frame::Frame;
use scene::{Anchor, Ink, Scene, TEXT_SIZE};

/// Height of a line of text.
const LINE: f64 = 18.0;

/// Size of the title.
const TITLE_SIZE: f64 = 15.0;

/// Space to the left and right of a text across the picture.
const EDGE: f64 = 8.0;

/// The picture as a file: with a title, the idle time in words, and a ground.
pub fn svg_file(timeline: &Timeline, zone: &TimeZone, width: ChartWidth) -> String {
    svg::of(&scene(timeline, zone, width, true), true)
}

/// The picture for a page that has a title.
pub fn svg_part(timeline: &Timeline, zone: &TimeZone, width: ChartWidth) -> String {
    svg::of(&scene(timeline, zone, width, false), false)
}

/// The picture as PNG.
///
/// # Errors
///
/// The message of the plotting library or the encoder.
pub fn png_file(
    timeline: &Timeline,
    zone: &TimeZone,
    width: ChartWidth,
) -> Result<Vec<u8>, String> {
    png::of(&scene(timeline, zone, width, true))
}

fn scene(timeline: &Timeline, zone: &TimeZone, width: ChartWidth, titled: bool) -> Scene {
    let frame = Frame::new(timeline, zone, width);
    let mut scene = Scene::new(f64::from(width.pixels()));
    if titled {
        let range = summary::range_text(timeline.range, zone);
        add_lines(&mut scene, TITLE_SIZE, &format!("{}, {range}", timeline.endpoint));
        add_lines(&mut scene, TEXT_SIZE, &summary::paid_idle(timeline).join(". "));
        scene.height += 10.0;
    }
    panels::add_backlog(&mut scene, &frame, timeline);
    rows::add_without_capacity(&mut scene, &frame, timeline, zone);
    panels::add_instances(&mut scene, &frame, timeline);
    rows::add_paid_idle(&mut scene, &frame, timeline, zone);
    decisions::add(&mut scene, &frame, timeline, zone);
    rows::add_lease(&mut scene, &frame, timeline, zone);
    rows::add_alarms(&mut scene, &frame, timeline, zone);
    add_axis(&mut scene, &frame, zone);
    legend::add_states(&mut scene, &frame, timeline);
    scene.height += 6.0;
    scene
}

/// A text across the picture, in as many lines as it needs.
fn add_lines(scene: &mut Scene, size: f64, text: &str) {
    let letters = (scene.width - 2.0 * EDGE) / scene::text_width("n", size);
    for line in wrapped(text, letters as usize).lines() {
        scene.height += LINE + 2.0;
        scene.text((EDGE, scene.height), Anchor::Start, size, line);
    }
}

/// The times, in the zone of the reader and in UTC.
fn add_axis(scene: &mut Scene, frame: &Frame, zone: &TimeZone) {
    let bottom = scene.height + 4.0;
    for tick in &frame.ticks {
        let x = frame.x(tick.at);
        scene.line(vec![(x, bottom), (x, bottom + 4.0)], Ink::Text, 1.0);
    }
    let line = vec![(frame.left, bottom), (frame.right, bottom)];
    scene.line(line, Ink::Text, 1.0);
    scene.height = bottom;
    let local = zone.name(frame.range.until);
    let labels: Vec<String> = frame.ticks.iter().map(|tick| tick.label.clone()).collect();
    let utc = utc_labels(&frame.ticks, zone).map(|labels| ("UTC".to_owned(), labels));
    let rows: Vec<_> = [(local, labels)].into_iter().chain(utc).collect();
    let names: Vec<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    for (name, labels) in rows {
        scene.height += LINE;
        let y = scene.height - 3.0;
        if frame.is_wide {
            scene.text((frame.left - 60.0, y), Anchor::End, TEXT_SIZE, &format!("time ({name})"));
        }
        for (tick, label) in frame.ticks.iter().zip(&labels) {
            let half = scene::text_width(label, TEXT_SIZE) / 2.0;
            let x = frame.x(tick.at).clamp(half + 2.0, scene.width - half - 2.0);
            scene.text((x, y), Anchor::Middle, TEXT_SIZE, label);
        }
    }
    if !frame.is_wide {
        scene.height += LINE;
        let y = scene.height - 4.0;
        let text = format!("time ({})", names.join("; below: "));
        scene.text((frame.left, y), Anchor::Start, TEXT_SIZE, &text);
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::{
        account::alarm_history::{AlarmHistory, AlarmState},
        monitoring::{TimeRange, args::TimeArgs, interval::Interval},
        plot::timeline::tests::mark,
    };

    /// A crowded endpoint: a decision every few minutes, and alarms with long names.
    fn crowded() -> Timeline {
        let from = Timestamp::UNIX_EPOCH;
        let at = |minute: i64| from + SignedDuration::from_mins(minute);
        let actions = ["wake", "sleep", "wake", "wake", "hold", "sleep", "release"];
        let marks = actions.iter().cycle().take(120).enumerate();
        let marks = marks.map(|(index, action)| mark(index as i64 * 3, action)).collect();
        let alarm = |name: &str| AlarmHistory {
            name: name.into(),
            now: "OK".into(),
            is_below: false,
            states: vec![AlarmState { at: from, state: "ALARM".into() }],
        };
        let names = ["AlarmHigh", "AlarmLow", "AlarmHigh"];
        let names = names.map(|it| format!("TargetTracking-endpoint/e/variant/v-{it}-1"));
        Timeline {
            endpoint: "my-endpoint".into(),
            range: TimeRange { from, until: at(360) },
            period: SignedDuration::from_mins(1),
            backlog: Vec::new(),
            per_instance: Vec::new(),
            without_capacity: Vec::new(),
            desired: Vec::new(),
            in_service: vec![Interval { from, until: at(360), value: 12.0 }],
            instances_from: "",
            paid_idle: None,
            price_per_hour: None,
            alarms: names.iter().map(String::as_str).chain([&*"x".repeat(90)]).map(alarm).collect(),
            marks,
            decisions_from: String::new(),
            kept_awake: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn no_two_texts_overlap_and_none_leaves_the_picture() {
        let zone = TimeZone::of(&TimeArgs { utc: true, now: None });
        for (width, titled) in [
            (ChartWidth::Wide, true),
            (ChartWidth::Wide, false),
            (ChartWidth::Narrow, true),
            (ChartWidth::Narrow, false),
        ] {
            let scene = scene(&crowded(), &zone, width, titled);
            let boxes = scene.text_boxes();
            assert!(boxes.len() > 20, "{}", boxes.len());
            for (index, (text, (left, top, right, bottom))) in boxes.iter().enumerate() {
                assert!(*left >= 0.0 && *right <= scene.width, "{width:?}: {text} leaves it");
                assert!(*bottom <= scene.height, "{width:?}: {text} leaves it");
                for (other, (l, t, r, b)) in boxes.iter().skip(index + 1) {
                    let apart = right <= l || r <= left || bottom <= t || b <= top;
                    assert!(apart, "{width:?}: {text:?} and {other:?}");
                }
            }
        }
    }
}
