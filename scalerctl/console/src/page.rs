//! HTML pages without external resources, and the two widths of their charts.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// The width of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// For a desktop browser, or a chart in a file.
    Wide,
    /// For a phone in portrait orientation.
    Narrow,
}

impl Shape {
    /// In pixels.
    pub fn width(self) -> u32 {
        match self {
            Self::Wide => 960,
            Self::Narrow => 340,
        }
    }
}

/// A complete page with this body, in the light or dark color scheme of the browser.
pub fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}
