//! What colors and forms mean, in lines of their own.

use plotters::style::RGBColor;

use super::{
    super::timeline::Timeline,
    LINE,
    decisions::Kind,
    frame::Frame,
    rows::State,
    scene::{Anchor, Fill, Ink, Scene, TEXT_SIZE, text_width},
};

/// The width of a sample.
const SAMPLE: f64 = 18.0;

/// A sample of what is explained.
#[derive(Debug, Clone, Copy)]
pub enum Sample {
    /// A line.
    Line(RGBColor),
    /// A line with a filled area below it.
    Area(RGBColor),
    /// A state in a row.
    State(State),
    /// A decision.
    Decision(Kind),
}

/// A sample and its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    sample: Sample,
    text: &'a str,
}

impl<'a> Key<'a> {
    /// With this meaning.
    pub fn new(sample: Sample, text: &'a str) -> Self {
        Self { sample, text }
    }
}

/// Adds the keys in as many lines as they need.
pub fn add_keys(scene: &mut Scene, frame: &Frame, keys: &[Key<'_>]) {
    let mut x = frame.left;
    scene.height += LINE;
    for key in keys {
        let width = SAMPLE + 6.0 + text_width(key.text, TEXT_SIZE);
        if x > frame.left && x + width > scene.width {
            x = frame.left;
            scene.height += LINE;
        }
        let y = scene.height - 4.0;
        let (from, until, middle) = (x, x + SAMPLE, y - 4.0);
        match key.sample {
            Sample::Line(colour) => {
                scene.line(vec![(from, middle), (until, middle)], Ink::Of(colour), 2.0);
            }
            Sample::Area(colour) => {
                let size = (SAMPLE, 8.0);
                scene.rect((from, y - 8.0), size, Fill::Faint, Ink::Of(colour));
                scene.line(vec![(from, y - 8.0), (until, y - 8.0)], Ink::Of(colour), 2.0);
            }
            Sample::State(state) => {
                state.add(scene, (from, until), middle - 7.0);
            }
            Sample::Decision(kind) => kind.add(scene, false, (from + 9.0, middle), key.text),
        }
        scene.text((until + 6.0, y), Anchor::Start, TEXT_SIZE, key.text);
        x += width + 16.0;
    }
}

/// The keys of the states that are in the picture.
pub fn add_states(scene: &mut Scene, frame: &Frame, timeline: &Timeline) {
    let has = |state: &str, is_below: Option<bool>| {
        timeline.alarms.iter().any(|alarm| {
            is_below.is_none_or(|it| it == alarm.is_below)
                && alarm.states.iter().any(|it| it.state == state)
        })
    };
    let waited = timeline.without_capacity.iter().any(|point| point.value > 0.0);
    let is_unknown = timeline.paid_idle.as_ref().is_some_and(|it| !it.unknown_intervals.is_empty());
    let lacks_data = is_unknown || has("INSUFFICIENT_DATA", None);
    let keys = [
        (has("ALARM", Some(false)) || waited, State::Alarm, "ALARM"),
        (has("ALARM", Some(true)), State::Low, "ALARM for low values: scales in"),
        (has("OK", None), State::Ok, "OK"),
        (lacks_data, State::Insufficient, "INSUFFICIENT_DATA, unknown"),
    ];
    let keys = keys.into_iter().filter(|(is_there, ..)| *is_there);
    let keys = keys.map(|(_, state, text)| Key::new(Sample::State(state), text));
    let shown = |kind: Kind| {
        timeline.marks.iter().any(|mark| !mark.is_extension() && Kind::of(mark) == kind)
    };
    let kinds = Kind::ALL.into_iter().filter(|(kind, _)| shown(*kind));
    let kinds = kinds.map(|(kind, text)| Key::new(Sample::Decision(kind), text));
    let keys: Vec<Key<'_>> = kinds.chain(keys).collect();
    if !keys.is_empty() {
        add_keys(scene, frame, &keys);
    }
}
