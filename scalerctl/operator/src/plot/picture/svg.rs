//! A scene as SVG, for light and for dark grounds.

use maud::{Markup, PreEscaped, html};

use super::scene::{Anchor, Fill, Form, Ink, Scene, Shape};

/// The colors of text, lines and ground are those of the pages.
const STYLE: &str = "\
.plot-text{fill:#1d2126}.plot-line{stroke:#1d2126}.plot-grid{stroke:#1d2126;stroke-opacity:.14}.plot-ground{fill:#fff}\
@media(prefers-color-scheme:dark){.plot-text{fill:#e4e7eb}.plot-line{stroke:#e4e7eb}\
.plot-grid{stroke:#e4e7eb;stroke-opacity:.18}.plot-ground{fill:#15181c}}";

/// The document. `is_file`: with a ground, because it is unknown what is behind it.
pub fn of(scene: &Scene, is_file: bool) -> String {
    let (width, height) = (scene.width.ceil(), scene.height.ceil());
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height)
            viewBox={ "0 0 " (width) " " (height) } font-family="sans-serif" {
            style { (PreEscaped(STYLE)) }
            @if is_file { rect class="plot-ground" width=(width) height=(height) {} }
            @for shape in scene.back.iter().chain(&scene.shapes) { (element(shape)) }
        }
    };
    picture.into_string()
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// The end of a band that can be narrower than a tenth of a pixel: 5 minutes of a month are 0.03 pixels on a phone.
fn exact(value: f64) -> String {
    format!("{value:.3}")
}

fn pairs(points: &[(f64, f64)]) -> String {
    let pair = |&(x, y): &(f64, f64)| format!("{x:.1},{y:.1}");
    points.iter().map(pair).collect::<Vec<String>>().join(" ")
}

/// The attributes that paint an area.
struct Paint {
    fill: String,
    opacity: Option<&'static str>,
    stroke: Option<String>,
}

impl Paint {
    fn of(fill: Fill, ink: Ink) -> Self {
        let colour = colour(ink);
        match fill {
            Fill::Solid => Self { fill: colour, opacity: None, stroke: None },
            Fill::Faint => Self { fill: colour, opacity: Some("0.25"), stroke: None },
            Fill::Half => Self { fill: colour, opacity: Some("0.55"), stroke: None },
            Fill::Hollow => Self { fill: "none".into(), opacity: None, stroke: Some(colour) },
        }
    }
}

fn colour(ink: Ink) -> String {
    match ink {
        // A class sets it.
        Ink::Text | Ink::Grid => "currentColor".to_owned(),
        Ink::Of(colour) => format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2),
    }
}

fn element(shape: &Shape) -> Markup {
    let title = html! { @if let Some(title) = &shape.title { title { (title) } } };
    match &shape.form {
        Form::Rect { at, size, fill } => {
            let paint = Paint::of(*fill, shape.ink);
            html! {
                rect x=(exact(at.0)) y=(number(at.1)) width=(exact(size.0)) height=(number(size.1))
                    fill=(paint.fill) fill-opacity=[paint.opacity] stroke=[paint.stroke]
                    data-idle-minutes=[shape.idle_minutes] { (title) }
            }
        }
        Form::Polygon { points, fill } => {
            let paint = Paint::of(*fill, shape.ink);
            html! {
                polygon points=(pairs(points)) fill=(paint.fill) fill-opacity=[paint.opacity]
                    stroke=[paint.stroke] { (title) }
            }
        }
        Form::Line { points, width } => {
            let (class, stroke) = match shape.ink {
                Ink::Text => (Some("plot-line"), None),
                Ink::Grid => (Some("plot-grid"), None),
                Ink::Of(_) => (None, Some(colour(shape.ink))),
            };
            html! {
                polyline class=[class] points=(pairs(points)) fill="none" stroke=[stroke]
                    stroke-width=(width) { (title) }
            }
        }
        Form::Text { at, anchor, size, text } => {
            let anchor = match anchor {
                Anchor::Start => None,
                Anchor::Middle => Some("middle"),
                Anchor::End => Some("end"),
            };
            html! {
                text class="plot-text" x=(number(at.0)) y=(number(at.1)) font-size=(size)
                    text-anchor=[anchor] { (title) (text) }
            }
        }
    }
}
