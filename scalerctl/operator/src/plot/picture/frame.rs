//! The widths and the time axis that all parts of a picture share.

use jiff::Timestamp;
use scalerctl_console::chart::ChartWidth;

use super::super::{
    axis::{Tick, ticks},
    timeline::Timeline,
};
use crate::monitoring::{TimeRange, TimeZone};

/// Letters of a name to the left of the panels.
pub const GUTTER_LETTERS: usize = 20;

/// The widths and the time axis.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The time that is shown.
    pub range: TimeRange,
    /// Left end of the time axis.
    pub left: f64,
    /// Right end of the time axis.
    pub right: f64,
    /// Whether names are to the left of the panels, and not above them.
    pub is_wide: bool,
    /// The times with a label.
    pub ticks: Vec<Tick>,
}

impl Frame {
    /// For a picture of this width.
    pub fn new(timeline: &Timeline, zone: &TimeZone, width: ChartWidth) -> Self {
        let (left, margin, labels) = match width {
            ChartWidth::Wide => (156.0, 24.0, 9),
            ChartWidth::Narrow => (36.0, 12.0, 4),
        };
        Self {
            range: timeline.range,
            left,
            right: f64::from(width.pixels()) - margin,
            is_wide: width == ChartWidth::Wide,
            ticks: ticks(timeline.range, zone, labels),
        }
    }

    /// The position of a time. What is outside the range is at its end.
    pub fn x(&self, at: Timestamp) -> f64 {
        let after = at.duration_since(self.range.from).as_secs_f64();
        let share = after / self.range.length().as_secs_f64();
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// The positions of the times with a label.
    pub fn grid(&self) -> impl Iterator<Item = f64> + '_ {
        self.ticks.iter().map(|tick| self.x(tick.at))
    }

    /// The time that this many pixels show.
    pub fn time(&self, pixels: f64) -> jiff::SignedDuration {
        let share = pixels / (self.right - self.left);
        jiff::SignedDuration::from_secs_f64(share * self.range.length().as_secs_f64())
    }
}
