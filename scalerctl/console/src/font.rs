//! The font of pictures, in the binary: one picture on every machine, whatever fonts it has.

use plotters::style::{FontStyle, register_font};

/// Makes DejaVu Sans known to the plotting library as `sans-serif`. More than once does no harm.
///
/// # Errors
///
/// When the font cannot be read.
pub fn register() -> Result<(), String> {
    register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| "the built-in font cannot be read".to_owned())
}
