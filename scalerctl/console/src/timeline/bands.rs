//! Draws the state of each alarm and the lease as bands on the time axis.

use plotters::{
    element::Rectangle,
    style::{Color, RGBColor},
};

use super::{
    data::{BandState, Timeline},
    keys::{LEFT, Panel, RIGHT, draw_keys, keys_height},
    lines::TimeAxis,
};
use crate::chart::{ALARM, Drawn, LEASE, MARK, TEXT, draw_text, not_drawn};

const OK: RGBColor = RGBColor(0, 158, 115);

/// Height of a band, and of the name above it.
const BAND: i32 = 10;
const NAME: i32 = 17;

const ALARM_KEYS: [(&str, RGBColor); 3] =
    [("ALARM", ALARM), ("OK", OK), ("insufficient data", MARK)];
const LEASE_KEY: (&str, RGBColor) = ("lease: kept awake", LEASE);

/// The keys of the bands that exist.
fn keys(timeline: &Timeline) -> Vec<(&'static str, RGBColor)> {
    let alarms = ALARM_KEYS.into_iter().filter(|_| !timeline.alarms.is_empty());
    alarms.chain(timeline.kept_awake.is_some().then_some(LEASE_KEY)).collect()
}

/// Height of the panel in pixels.
pub fn height(timeline: &Timeline, width: u32) -> u32 {
    let rows = timeline.alarms.len() + usize::from(timeline.kept_awake.is_some());
    let bands = i32::try_from(rows).unwrap_or(1) * (BAND + NAME);
    keys_height(&keys(timeline), width) + u32::try_from(bands).unwrap_or(0) + 8
}

/// A band for each alarm's state, and one for the lease.
pub fn draw(panel: &Panel<'_>, timeline: &Timeline, axis: TimeAxis) -> Drawn {
    let (width, _) = panel.dim_in_pixel();
    let keys = keys(timeline);
    let top = i32::try_from(keys_height(&keys, width)).unwrap_or(0);
    draw_keys(panel, &keys)?;
    let (left, right) = (f64::from(LEFT), f64::from(width) - f64::from(RIGHT));
    let pixel = |x: f64| {
        let share = ((x - axis.from) / (axis.to - axis.from)).clamp(0.0, 1.0);
        (left + share * (right - left)) as i32
    };
    let row_at = |row: usize| top + i32::try_from(row).unwrap_or(0) * (BAND + NAME);
    let band = |row: usize, from: f64, to: f64, colour: RGBColor| {
        let y = row_at(row) + NAME;
        let corners = [(pixel(from), y), (pixel(to), y + BAND - 2)];
        panel.draw(&Rectangle::new(corners, colour.filled())).map_err(not_drawn)
    };
    let name =
        |row: usize, text: &str| draw_text(panel, text, (pixel(axis.from), row_at(row) + 2), TEXT);
    for (row, alarm) in timeline.alarms.iter().enumerate() {
        for (index, (at, state)) in alarm.changes.iter().enumerate() {
            let ends = alarm.changes.get(index + 1).map_or(timeline.known_until, |(next, _)| *next);
            let colour = match state {
                BandState::Ok => OK,
                BandState::Alarm => ALARM,
                BandState::InsufficientData => MARK,
            };
            band(row, axis.x(*at), axis.x(ends), colour)?;
        }
        name(row, &alarm.name)?;
    }
    let Some(kept_awake) = &timeline.kept_awake else { return Ok(()) };
    let row = timeline.alarms.len();
    for (from, until) in kept_awake {
        let (from, until) = (axis.x(*from).max(axis.from), axis.x(*until).min(axis.to));
        if from < until {
            band(row, from, until, LEASE)?;
        }
    }
    name(row, "lease")
}
