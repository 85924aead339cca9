//! One row each for waiting work, idle time, lease, and alarms.

use jiff::Timestamp;
use plotters::style::RGBColor;
use scalerctl_console::chart::{ALARM, IN_SERVICE, LEASE, MARK, PAID_IDLE};

use super::{
    super::timeline::{Timeline, short_name},
    frame::{Frame, GUTTER_LETTERS},
    scene::{Anchor, Fill, Ink, Scene, TEXT_SIZE},
};
use crate::monitoring::{
    TimeZone, instance_time::InstanceTime, interval::intervals, shortened::shortened,
};

/// The height of a filled row.
const HIGH: f64 = 14.0;

/// The form of a state in a row. Each is told from the others without its color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Work waits, or an alarm is in `ALARM`.
    Alarm,
    /// An alarm on low values is in `ALARM`: usual for an idle endpoint.
    Low,
    /// An alarm is in `OK`.
    Ok,
    /// An alarm has no data.
    Insufficient,
    /// Paid idle time.
    Idle,
    /// A lease, a work record, or a hold.
    Lease,
}

impl State {
    /// Adds it to a row whose upper end is `y`.
    pub fn add(
        self,
        scene: &mut Scene,
        (from, until): (f64, f64),
        y: f64,
    ) -> &mut super::scene::Shape {
        let (below, height, fill) = self.form();
        // At least one pixel wide, so that a short interval is visible. Idle time has its exact width: with one pixel
        // each, the many short intervals of a month would look like whole days.
        let least = if self == Self::Idle { 0.0 } else { 1.0 };
        let size = ((until - from).max(least), height);
        scene.rect((from, y + below), size, fill, Ink::Of(self.colour()))
    }

    /// Distance from the upper end of the row, height, and fill.
    fn form(self) -> (f64, f64, Fill) {
        match self {
            Self::Alarm => (0.0, HIGH, Fill::Solid),
            Self::Low => (HIGH / 2.0, HIGH / 2.0, Fill::Solid),
            Self::Ok => (HIGH / 2.0 - 1.0, 2.0, Fill::Solid),
            Self::Insufficient => (3.0, HIGH - 6.0, Fill::Hollow),
            Self::Idle => (0.0, HIGH / 2.0, Fill::Solid),
            Self::Lease => (3.0, HIGH - 6.0, Fill::Solid),
        }
    }

    fn colour(self) -> RGBColor {
        match self {
            Self::Alarm => ALARM,
            Self::Low | Self::Insufficient => MARK,
            Self::Ok => IN_SERVICE,
            Self::Idle => PAID_IDLE,
            Self::Lease => LEASE,
        }
    }
}

/// Adds the name of a row, to the left or above. Returns the row's upper end.
pub fn begin(scene: &mut Scene, frame: &Frame, name: &str, full: &str) -> f64 {
    let shown = shortened(name, if frame.is_wide { GUTTER_LETTERS } else { 40 });
    let (at, anchor, y) = match frame.is_wide {
        true => {
            let y = scene.height + 3.0;
            ((frame.left - 6.0, y + 11.0), Anchor::End, y)
        }
        false => {
            let y = scene.height + 18.0;
            ((frame.left, y - 3.0), Anchor::Start, y)
        }
    };
    let text = scene.text(at, anchor, TEXT_SIZE, &shown);
    if shown != full {
        text.titled(full.to_owned());
    }
    scene.height = y + HIGH + 3.0;
    scene.grid(frame.grid(), y - 3.0, scene.height);
    y
}

fn times(zone: &TimeZone, from: Timestamp, until: Timestamp) -> String {
    format!("{} to {} {}", zone.date(from), zone.date(until), zone.name(until))
}

/// When work waited and no instance was there.
pub fn add_without_capacity(
    scene: &mut Scene,
    frame: &Frame,
    timeline: &Timeline,
    zone: &TimeZone,
) {
    let y = begin(scene, frame, "no instance for work", "HasBacklogWithoutCapacity");
    let waited = intervals(&timeline.without_capacity, timeline.range.until, timeline.period);
    for it in waited.iter().filter(|it| it.value > 0.0) {
        let title = format!("work waited without an instance: {}", times(zone, it.from, it.until));
        State::Alarm.add(scene, (frame.x(it.from), frame.x(it.until)), y).titled(title);
    }
}

/// The paid idle time, with the minutes of each part.
pub fn add_paid_idle(scene: &mut Scene, frame: &Frame, timeline: &Timeline, zone: &TimeZone) {
    let name = if timeline.paid_idle.is_some() { "paid idle" } else { "paid idle: unknown" };
    let y = begin(scene, frame, name, name);
    for idle in timeline.paid_idle.iter().flat_map(|it| &it.idle_intervals) {
        let time = InstanceTime::between(std::slice::from_ref(idle), idle.from, idle.until);
        let price = timeline.price_per_hour.map(|price| format!(", cost {:.2}", time.price(price)));
        let when = times(zone, idle.from, idle.until);
        let title =
            format!("paid idle, {:.0} min{}: {when}", time.minutes, price.unwrap_or_default());
        let ends = (frame.x(idle.from), frame.x(idle.until));
        let shape = State::Idle.add(scene, ends, y);
        shape.titled(title).idle_minutes = Some(time.minutes);
    }
    for it in timeline.paid_idle.iter().flat_map(|it| &it.unknown_intervals) {
        let title = format!("no datapoint of the backlog: {}", times(zone, it.from, it.until));
        let ends = (frame.x(it.from), frame.x(it.until));
        State::Insufficient.add(scene, ends, y).titled(title);
    }
}

/// When a lease, a work record, or a hold kept the endpoint awake.
pub fn add_lease(scene: &mut Scene, frame: &Frame, timeline: &Timeline, zone: &TimeZone) {
    let name = if timeline.kept_awake.is_some() { "lease" } else { "lease: unknown" };
    let y = begin(scene, frame, name, name);
    for kept in timeline.kept_awake.iter().flatten() {
        let title = format!("kept awake: {}", times(zone, kept.from, kept.until));
        let ends = (frame.x(kept.from), frame.x(kept.until));
        State::Lease.add(scene, ends, y).titled(title);
    }
}

/// The states of each alarm.
pub fn add_alarms(scene: &mut Scene, frame: &Frame, timeline: &Timeline, zone: &TimeZone) {
    for alarm in &timeline.alarms {
        let y = begin(scene, frame, short_name(&alarm.name), &alarm.name);
        for (from, until, state) in timeline.states(alarm) {
            let shown = match state {
                "ALARM" if alarm.is_below => State::Low,
                "ALARM" => State::Alarm,
                "OK" => State::Ok,
                _ => State::Insufficient,
            };
            let title = format!("{} {state}: {}", alarm.name, times(zone, from, until));
            shown.add(scene, (frame.x(from), frame.x(until)), y).titled(title);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn each_state_has_a_form_of_its_own() {
        let all =
            [State::Alarm, State::Low, State::Ok, State::Insufficient, State::Idle, State::Lease];
        for (index, one) in all.iter().enumerate() {
            for other in all.iter().skip(index + 1) {
                assert_ne!(one.form(), other.form(), "{one:?} and {other:?}");
            }
        }
    }
}
