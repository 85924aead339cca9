//! Draws the state of each alarm and the lease as bands on the time axis.

use jiff::SignedDuration;
use plotters::{
    element::Rectangle,
    style::{Color, RGBColor},
};
use scalerctl_console::chart::{ALARM, Drawn, LEASE, TEXT, draw_text, not_drawn};
use simulator::AlarmState;

use super::{
    chart_keys::{LEFT, Panel, RIGHT, draw_keys, keys_height},
    chart_lines::TimeAxis,
};
use crate::simulate::run_record::{RunRecord, Sample};

const OK: RGBColor = RGBColor(0, 158, 115);
const INSUFFICIENT: RGBColor = RGBColor(150, 150, 150);

/// Height of a band, and of the name above it.
const BAND: i32 = 10;
const NAME: i32 = 17;

const ALARM_KEYS: [(&str, RGBColor); 3] =
    [("ALARM", ALARM), ("OK", OK), ("insufficient data", INSUFFICIENT)];
const LEASE_KEY: (&str, RGBColor) = ("lease: kept awake", LEASE);

/// The keys of the bands that exist. A record without the function has no lease.
fn keys(record: &RunRecord) -> Vec<(&'static str, RGBColor)> {
    let alarms = ALARM_KEYS.into_iter().filter(|_| !record.alarms.is_empty());
    alarms.chain(has_lease(record).then_some(LEASE_KEY)).collect()
}

fn has_lease(record: &RunRecord) -> bool {
    record.samples.iter().any(|sample| sample.leased_until.is_some())
}

/// Height of the panel in pixels.
pub fn height(record: &RunRecord, width: u32) -> u32 {
    let rows = record.alarms.len() + usize::from(has_lease(record));
    let bands = i32::try_from(rows).unwrap_or(1) * (BAND + NAME);
    keys_height(&keys(record), width) + u32::try_from(bands).unwrap_or(0) + 8
}

/// A band for each alarm's state, and one for the lease.
pub fn draw(panel: &Panel<'_>, record: &RunRecord, axis: TimeAxis) -> Drawn {
    let (width, _) = panel.dim_in_pixel();
    let keys = keys(record);
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
        |row: usize, text: &str| draw_text(panel, text, (pixel(axis.from), row_at(row) + 3), TEXT);
    for (row, alarm) in record.alarms.iter().enumerate() {
        for (index, (at, state)) in alarm.changes.iter().enumerate() {
            let ends = alarm.changes.get(index + 1).map_or(record.until, |(next, _)| *next);
            let colour = match state {
                AlarmState::Ok => OK,
                AlarmState::Alarm => ALARM,
                AlarmState::InsufficientData => INSUFFICIENT,
            };
            band(row, axis.x(*at), axis.x(ends), colour)?;
        }
        name(row, &alarm.name)?;
    }
    if !has_lease(record) {
        return Ok(());
    }
    let row = record.alarms.len();
    let is_live = |sample: &Sample| sample.leased_until.is_some() && axis.holds(sample.at);
    for awake in record.samples.chunk_by(|one, next| is_live(one) == is_live(next)) {
        if let [first, ..] = awake
            && let [.., last] = awake
            && is_live(first)
        {
            let since = first.at - SignedDuration::from_mins(1);
            band(row, axis.x(since), axis.x(last.at), LEASE)?;
        }
    }
    name(row, "lease")
}
