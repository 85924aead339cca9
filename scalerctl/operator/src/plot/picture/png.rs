//! A scene as PNG, on a white ground.

use plotters::{
    backend::{BitMapBackend, DrawingBackend},
    style::{
        BLACK, Color, RGBAColor, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use scalerctl_console::chart::{not_drawn, register_sans_serif};

use super::scene::{Anchor, Fill, Form, Ink, Scene, Shape};

/// The height of a line of DejaVu Sans, in parts of the size of its letters.
const LINE_HEIGHT: f64 = 1.164;

/// The bytes of the file.
///
/// # Errors
///
/// The message of the plotting library or the encoder.
pub fn of(scene: &Scene) -> Result<Vec<u8>, String> {
    register_sans_serif()?;
    let (width, height) = (scene.width.ceil() as u32, scene.height.ceil() as u32);
    let mut pixels = vec![255; width as usize * height as usize * 3];
    {
        let mut canvas = BitMapBackend::with_buffer(&mut pixels, (width, height));
        for shape in scene.back.iter().chain(&scene.shapes) {
            draw(&mut canvas, shape)?;
        }
        canvas.present().map_err(not_drawn)?;
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(not_drawn)?;
    writer.write_image_data(&pixels).map_err(not_drawn)?;
    writer.finish().map_err(not_drawn)?;
    Ok(bytes)
}

fn pixel((x, y): (f64, f64)) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

fn pixels(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().copied().map(pixel).collect()
}

fn draw(canvas: &mut BitMapBackend<'_>, shape: &Shape) -> Result<(), String> {
    let colour = match shape.ink {
        Ink::Text => BLACK.to_rgba(),
        Ink::Grid => BLACK.mix(0.14),
        Ink::Of(colour) => colour.to_rgba(),
    };
    let painted = |fill: Fill| -> RGBAColor {
        match fill {
            Fill::Solid | Fill::Hollow => colour,
            Fill::Faint => colour.mix(0.25),
            Fill::Half => colour.mix(0.55),
        }
    };
    let drawn = match &shape.form {
        Form::Rect { at, size, fill } => {
            let is_filled = *fill != Fill::Hollow;
            let end = (at.0 + size.0, at.1 + size.1);
            canvas.draw_rect(pixel(*at), pixel(end), &painted(*fill), is_filled)
        }
        Form::Polygon { points, fill: Fill::Hollow } => {
            let closed = pixels(points).into_iter().chain(points.first().copied().map(pixel));
            canvas.draw_path(closed, &colour)
        }
        Form::Polygon { points, fill } => canvas.fill_polygon(pixels(points), &painted(*fill)),
        Form::Line { points, width } => {
            canvas.draw_path(pixels(points), &colour.stroke_width(width.round() as u32))
        }
        Form::Text { at, anchor, size, text } => {
            let h = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            // The plotting library takes the height of a line for the size, and puts the baseline in its middle.
            let size = size * LINE_HEIGHT;
            let style = TextStyle::from(("sans-serif", size)).pos(Pos::new(h, VPos::Top));
            canvas.draw_text(text, &style.color(&BLACK), pixel((at.0, at.1 - size / 2.0)))
        }
    };
    drawn.map_err(not_drawn)
}
