//! The row of the decisions: a mark for each, and a text where there is room.

use scalerctl_console::chart::{ALARM, DESIRED, MARK};

use super::{
    super::{
        summary::{description, in_service, requested, when},
        timeline::{Mark, Timeline, grouped},
    },
    frame::Frame,
    rows,
    scene::{Anchor, Fill, Ink, Scene, TEXT_SIZE, text_width},
};
use crate::monitoring::TimeZone;

/// Equal decisions that are nearer than this many pixels are one mark.
const NEAR: f64 = 12.0;

/// The height of a line of text, and the lines of a text.
const LINE: f64 = 15.0;
const LINES: usize = 2;

/// How many texts can be one below the other.
const LEVELS: usize = 3;

/// Adds the row.
pub fn add(scene: &mut Scene, frame: &Frame, timeline: &Timeline, zone: &TimeZone) {
    let y = rows::begin(scene, frame, "decisions", "decisions");
    let below = scene.height;
    let mut free_from = [f64::MIN; LEVELS];
    let mut used = 0;
    for mark in grouped(&timeline.marks, frame.time(NEAR)) {
        let x = frame.x(mark.at);
        let title = format!("{}: {}", when(&mark, zone), description(&mark));
        Kind::of(&mark).add(scene, mark.observe_only, (x, y + 7.0), &title);
        let lines = words(&mark);
        let width = lines.iter().map(|line| text_width(line, TEXT_SIZE)).fold(0.0, f64::max);
        let begin = (x - 5.0).min(scene.width - width - 2.0);
        // A text has no place where another one is.
        let Some(level) = free_from.iter().position(|free| begin >= *free) else { continue };
        let Some(free) = free_from.get_mut(level) else { continue };
        *free = begin + width + 8.0;
        used = used.max(level + 1);
        let top = below + (level * LINES) as f64 * LINE;
        for (index, line) in lines.iter().enumerate() {
            let at = (begin, top + 11.0 + index as f64 * LINE);
            scene.text(at, Anchor::Start, TEXT_SIZE, line);
        }
    }
    scene.height = below + (used * LINES) as f64 * LINE + 2.0;
}

/// What a decision is, in two short lines.
fn words(mark: &Mark) -> Vec<String> {
    let what = match mark.count {
        1 => mark.action.clone(),
        count => format!("{count}× {}", mark.action),
    };
    let reason = mark.reason.as_ref().map(|it| it.replace('_', " "));
    if mark.errors > 0 {
        return [Some("error".to_owned()), reason].into_iter().flatten().collect();
    }
    if mark.observe_only {
        return vec![format!("({what})")];
    }
    if mark.action == "wake" {
        let first = match requested(mark) {
            Some(delay) => format!("{what} {delay}"),
            None => what,
        };
        let second = in_service(mark).map(|delay| format!("in service {delay}"));
        return [Some(first), second.or(reason)].into_iter().flatten().collect();
    }
    [Some(what), reason].into_iter().flatten().collect()
}

/// A kind of decision, which has a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Up.
    Wake,
    /// Down.
    Sleep,
    /// A square.
    Hold,
    /// A diamond.
    Release,
    /// A cross.
    Error,
}

impl Kind {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Wake, "wake"),
        (Self::Sleep, "sleep"),
        (Self::Hold, "hold"),
        (Self::Release, "release"),
        (Self::Error, "error"),
    ];

    /// Of this decision.
    pub fn of(mark: &Mark) -> Self {
        match mark.action.as_str() {
            _ if mark.errors > 0 => Self::Error,
            "wake" => Self::Wake,
            "sleep" => Self::Sleep,
            "hold" => Self::Hold,
            _ => Self::Release,
        }
    }

    /// Adds its form. Hollow: it was not carried out.
    pub fn add(self, scene: &mut Scene, is_hollow: bool, (x, y): (f64, f64), title: &str) {
        let size = 6.0;
        let (left, right, up, down) = (x - size, x + size, y - size, y + size);
        let (points, colour) = match self {
            Self::Wake => (vec![(left, down), (x, up), (right, down)], DESIRED),
            Self::Sleep => (vec![(left, up), (x, down), (right, up)], MARK),
            Self::Hold => (vec![(left, up), (right, up), (right, down), (left, down)], MARK),
            Self::Release => (vec![(left, y), (x, up), (right, y), (x, down)], MARK),
            Self::Error => {
                for ends in [vec![(left, up), (right, down)], vec![(left, down), (right, up)]] {
                    scene.line(ends, Ink::Of(ALARM), 3.0).titled(title.to_owned());
                }
                return;
            }
        };
        let fill = if is_hollow { Fill::Hollow } else { Fill::Solid };
        scene.polygon(points, fill, Ink::Of(colour)).titled(title.to_owned());
    }
}
