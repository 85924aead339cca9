//! The keys of the panels, and the sizes that all panels share.

use crate::chart::{Drawn, TEXT, draw_text, not_drawn};
use plotters::{
    coord::Shift,
    drawing::DrawingArea,
    element::Rectangle,
    prelude::SVGBackend,
    style::{Color, RGBColor},
};

/// The margins to the left and right of the panels, in pixels.
pub const LEFT: u32 = 48;
pub const RIGHT: u32 = 14;

/// Approximate width of a letter, in pixels.
const LETTER: u32 = 7;

/// Height of a row of keys, in pixels.
const KEY_ROW: u32 = 18;

pub type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The position of each key: its left end and its row.
fn places(keys: &[(&str, RGBColor)], width: u32) -> Vec<(u32, u32)> {
    let (mut x, mut row) = (LEFT, 0);
    let mut places = Vec::new();
    for (name, _) in keys {
        let takes = 36 + LETTER * u32::try_from(name.len()).unwrap_or(0);
        if x > LEFT && x + takes > width {
            (x, row) = (LEFT, row + 1);
        }
        places.push((x, row));
        x += takes;
    }
    places
}

pub fn keys_height(keys: &[(&str, RGBColor)], width: u32) -> u32 {
    let rows = places(keys, width).last().map_or(0, |(_, row)| row + 1);
    rows * KEY_ROW + 4
}

pub fn draw_keys(panel: &Panel<'_>, keys: &[(&str, RGBColor)]) -> Drawn {
    let (width, _) = panel.dim_in_pixel();
    for ((name, colour), (x, row)) in keys.iter().zip(places(keys, width)) {
        let (x, y) = (x as i32, (row * KEY_ROW) as i32);
        let key = Rectangle::new([(x, y + 7), (x + 16, y + 11)], colour.filled());
        panel.draw(&key).map_err(not_drawn)?;
        draw_text(panel, name, (x + 21, y + 2), TEXT)?;
    }
    Ok(())
}
