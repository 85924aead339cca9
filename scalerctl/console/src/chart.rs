//! What all charts share: widths, text, colors, and the SVG document.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, IntoDrawingArea},
    element::Text,
    prelude::{DrawingBackend, SVGBackend},
    style::{FontStyle, IntoFont, RGBColor, register_font},
};

/// Text in a size that is readable without zooming: letters of 12 pixels. The plotting library takes the height of a line
/// for the size.
pub const TEXT: (&str, i32) = ("sans-serif", 14);
/// The title of a chart.
pub const TITLE: (&str, i32) = ("sans-serif", 18);

// Colors that people with any type of color vision can distinguish. Each has a contrast of at least 3:1 to the light and
// to the dark background of the pages (WCAG 2.2, "Non-text Contrast").
/// The backlog.
pub const BACKLOG: RGBColor = RGBColor(0, 114, 178);
/// Desired instances.
pub const DESIRED: RGBColor = RGBColor(213, 94, 0);
/// Instances in service.
pub const IN_SERVICE: RGBColor = RGBColor(0, 158, 115);
/// A lease or a hold.
pub const LEASE: RGBColor = RGBColor(60, 140, 190);
/// Paid idle time.
pub const PAID_IDLE: RGBColor = RGBColor(180, 90, 150);
/// The alarm state `ALARM`.
pub const ALARM: RGBColor = RGBColor(204, 51, 51);
/// Another curve in the panel of the backlog.
pub const OF_BACKLOG: RGBColor = RGBColor(184, 120, 0);
/// Marks for single points in time.
pub const MARK: RGBColor = RGBColor(120, 120, 120);

/// The colors of text, lines and ground in a file are those of the pages. `#000000` is what the plotting library writes for
/// [`plotters::style::BLACK`].
const FILE_STYLE: &str = concat!(
    "<style>.ground{fill:#fff}text{fill:#1d2126}[stroke=\"#000000\"]{stroke:#1d2126}",
    "@media(prefers-color-scheme:dark){.ground{fill:#15181c}text{fill:#e4e7eb}",
    "[stroke=\"#000000\"]{stroke:#e4e7eb}}</style>",
    "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>",
);

/// The result of drawing.
pub type Drawn = Result<(), String>;

/// The width of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartWidth {
    /// For a desktop browser, or a chart in a file.
    Wide,
    /// For a phone in portrait orientation: 340 pixels.
    Narrow,
}

impl ChartWidth {
    /// Of a chart in a file.
    pub fn of_file(is_narrow: bool) -> Self {
        if is_narrow { Self::Narrow } else { Self::Wide }
    }

    /// In pixels.
    pub fn pixels(self) -> u32 {
        match self {
            Self::Wide => 960,
            Self::Narrow => 340,
        }
    }
}

/// Makes DejaVu Sans, which is in the program, known to the plotting library as `sans-serif`, so that a chart is the
/// same on every machine.
pub fn register_sans_serif() -> Drawn {
    register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| "the built-in font cannot be read".to_owned())
}

/// An SVG document of this size in pixels, with a transparent background.
pub fn svg_document(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Drawn,
) -> Result<String, String> {
    register_sans_serif()?;
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        draw(&root)?;
        root.present().map_err(not_drawn)?;
    }
    Ok(text)
}

/// An SVG document of the plotting library as a file: with a ground, because it is unknown what is behind it, and with
/// the light or dark colors that the reader prefers.
pub fn svg_file(document: &str) -> String {
    match document.split_once('>') {
        Some((head, rest)) => format!("{head}>{FILE_STYLE}{rest}"),
        None => document.to_owned(),
    }
}

/// Draws a text at a position in pixels.
pub fn draw_text<DB: DrawingBackend<ErrorType: 'static>>(
    area: &DrawingArea<DB, Shift>,
    text: &str,
    at: (i32, i32),
    font: (&str, i32),
) -> Drawn {
    area.draw(&Text::new(text.to_owned(), at, font.into_font())).map_err(not_drawn)
}

/// The label of a value on an axis: none if it is not a whole number.
pub fn whole_number(y: &f64) -> String {
    if y.fract() == 0.0 { format!("{y:.0}") } else { String::new() }
}

/// The message for an error of the plotting library.
pub fn not_drawn(error: impl std::fmt::Display) -> String {
    format!("the picture cannot be drawn: {error}")
}
