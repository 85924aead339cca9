//! A page that loads nothing, and the two shapes in which its pictures are drawn.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// What a picture is looked at on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A page or a screen.
    Wide,
    /// A phone held upright, under a title, above a table that has the names of the alarms.
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

/// A whole page of this body, in the reader's light or dark.
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
