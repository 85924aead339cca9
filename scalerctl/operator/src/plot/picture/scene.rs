//! The shapes of a picture, in pixels, without a file format.

use plotters::style::RGBColor;

/// Size of the text.
pub const TEXT_SIZE: f64 = 12.0;

/// The color of a shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ink {
    /// Text, dark on light or light on dark.
    Text,
    /// The lines behind the curves.
    Grid,
    /// The same on each ground.
    Of(RGBColor),
}

/// How an area is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Filled.
    Solid,
    /// Only its outline.
    Hollow,
    /// So that what is behind stays visible.
    Faint,
    /// Half of it.
    Half,
}

/// The end of a text at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The position is its left end.
    Start,
    /// The position is its middle.
    Middle,
    /// The position is its right end.
    End,
}

/// The form of a shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Upper left corner, width and height.
    Rect { at: (f64, f64), size: (f64, f64), fill: Fill },
    /// A line through these points.
    Line { points: Vec<(f64, f64)>, width: f64 },
    /// An area with these corners.
    Polygon { points: Vec<(f64, f64)>, fill: Fill },
    /// A text whose baseline is at this position.
    Text { at: (f64, f64), anchor: Anchor, size: f64, text: String },
}

/// A part of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its form.
    pub form: Form,
    /// Its color.
    pub ink: Ink,
    /// The text that a browser shows when the mouse points at it.
    pub title: Option<String>,
    /// Of paid idle time: its minutes.
    pub idle_minutes: Option<f64>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its width.
    pub width: f64,
    /// Its height so far.
    pub height: f64,
    /// What is behind the other shapes.
    pub back: Vec<Shape>,
    /// Its shapes.
    pub shapes: Vec<Shape>,
}

/// Left, top, right and bottom.
#[cfg(test)]
pub type TextBox = (f64, f64, f64, f64);

impl Scene {
    /// An empty picture of this width.
    pub fn new(width: f64) -> Self {
        Self { width, height: 0.0, back: Vec::new(), shapes: Vec::new() }
    }

    fn add(&mut self, form: Form, ink: Ink) -> &mut Shape {
        let index = self.shapes.len();
        self.shapes.push(Shape { form, ink, title: None, idle_minutes: None });
        &mut self.shapes[index]
    }

    /// Adds a rectangle.
    pub fn rect(&mut self, at: (f64, f64), size: (f64, f64), fill: Fill, ink: Ink) -> &mut Shape {
        self.add(Form::Rect { at, size, fill }, ink)
    }

    /// Adds a line.
    pub fn line(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) -> &mut Shape {
        self.add(Form::Line { points, width }, ink)
    }

    /// Adds a line behind everything else.
    pub fn below(&mut self, points: Vec<(f64, f64)>, ink: Ink) {
        let form = Form::Line { points, width: 1.0 };
        self.back.push(Shape { form, ink, title: None, idle_minutes: None });
    }

    /// Adds a vertical line behind everything else, at each of these positions.
    pub fn grid(&mut self, positions: impl Iterator<Item = f64>, top: f64, bottom: f64) {
        for x in positions {
            self.below(vec![(x, top), (x, bottom)], Ink::Grid);
        }
    }

    /// Adds an area.
    pub fn polygon(&mut self, points: Vec<(f64, f64)>, fill: Fill, ink: Ink) -> &mut Shape {
        self.add(Form::Polygon { points, fill }, ink)
    }

    /// Adds a text.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, size: f64, text: &str) -> &mut Shape {
        self.add(Form::Text { at, anchor, size, text: text.to_owned() }, Ink::Text)
    }

    /// Each text with its box.
    #[cfg(test)]
    pub fn text_boxes(&self) -> Vec<(&str, TextBox)> {
        let of = |shape: &'_ Shape| match &shape.form {
            Form::Text { at: (x, y), anchor, size, text } => {
                let width = text_width(text, *size);
                let left = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - width / 2.0,
                    Anchor::End => x - width,
                };
                Some((left, y - size, left + width, y + size / 4.0))
            }
            Form::Rect { .. } | Form::Line { .. } | Form::Polygon { .. } => None,
        };
        let texts = self.shapes.iter().filter_map(|shape| match &shape.form {
            Form::Text { text, .. } => Some((text.as_str(), of(shape)?)),
            _ => None,
        });
        texts.collect()
    }
}

impl Shape {
    /// Sets the text for the mouse.
    pub fn titled(&mut self, title: String) -> &mut Self {
        self.title = Some(title);
        self
    }
}

/// The width of a text, for a wide font such as DejaVu Sans. Most fonts are narrower.
pub fn text_width(text: &str, size: f64) -> f64 {
    0.62 * size * text.chars().count() as f64
}
